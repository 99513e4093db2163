"""The time machine: any published list made again from what it was made from, and compared byte for byte."""
