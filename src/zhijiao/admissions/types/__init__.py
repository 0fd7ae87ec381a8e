"""What the rooms of this domain pass to each other. Import from the file of the subject: `types.season`, `types.plan`, …"""
