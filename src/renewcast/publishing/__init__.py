"""Publishing: the week's list as Parquet, CSV, Excel and a page, all or nothing, and reading it again.

Every other stage ends here: ``publish_list`` is the only thing in the package that writes a list.
"""

from renewcast.publishing.earlier_lists import last_before, latest_of, lists_behind, previous_list
from renewcast.publishing.facts import ListFacts, Published
from renewcast.publishing.lists import current_list, published_lists, read_list, read_manifest, verify_list
from renewcast.publishing.publish import publish_list

__all__ = [
    "ListFacts",
    "Published",
    "current_list",
    "last_before",
    "latest_of",
    "lists_behind",
    "previous_list",
    "publish_list",
    "published_lists",
    "read_list",
    "read_manifest",
    "verify_list",
]
