"""Everything that runs as a process: command line, pages, jobs, migrations."""
