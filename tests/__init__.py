"""The tests: they mirror the tree; flows/ are whole stories, promises/ are PROMISES by number."""
