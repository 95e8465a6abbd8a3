"""Purposes and consents, how long what is kept, holds, requests, and a report of it all."""
