"""The contact log: who was spoken with, when, and which facts were confirmed."""
