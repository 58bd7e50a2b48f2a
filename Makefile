# For people who work on Scoreline; who only runs it needs start.py alone.
.PHONY: test lint format lock

test:
	python3 start.py test

lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports --no-cache

format:
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

# The newest versions that pyproject.toml allows, with hashes, for every platform: first what the program needs,
# below the marker what only the tests need beside it. Needs uv. No address of a package index gets into the file.
COMPILE = uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet
lock:
	$(COMPILE) --upgrade -o run.lock.new
	$(COMPILE) --group dev -c run.lock.new $$(sed -n 's/^\([a-z0-9._-]*\)==.*/--no-emit-package \1/p' run.lock.new) -o test.lock.new
	{ cat run.lock.new; echo '# --- test ---'; cat test.lock.new; } > requirements.lock.new
	mv requirements.lock.new requirements.lock
	rm run.lock.new test.lock.new
