"""HubSpot: the account's contacts and companies, both ways."""
