"""The rules of the pages: functions from a page to a list of complaints, empty if it is good."""
