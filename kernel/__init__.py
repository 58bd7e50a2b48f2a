"""Values and machinery that every room shares: money, periods, database, audit log, jobs, scope. Knows no domain."""
