"""Campaigns: who was asked, who answered, and what the answers of some say of all."""
