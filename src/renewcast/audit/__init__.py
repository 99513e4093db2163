"""The auditor: attacks a project with changed futures, an independent oracle and planted leaks."""
