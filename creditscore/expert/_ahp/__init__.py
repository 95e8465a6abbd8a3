"""Criteria compared two at a time: priorities, consistency, hierarchies and groups of experts."""
