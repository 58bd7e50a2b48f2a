"""Who: vendors, sites, queues, languages, the names they go by, and what they delivered."""
