/** Settings of test runners, builds and CI: what decides which tests run, and how. */
export const RUNNER_FILES =
  /(?:^|\/)(?:bunfig\.toml|(?:jest|vitest|vite|playwright|cypress|karma|ava|wdio|jasmine|babel)\.?(?:config|workspace|setup)?\.(?:[cm]?[jt]s|json)|\.mocharc\.?\w*|pytest\.ini|tox\.ini|noxfile\.py|setup\.cfg|conftest\.py|pyproject\.toml|package\.json|Makefile|\w*\.mk|GNUmakefile|justfile|Taskfile\.ya?ml|\.golangci\.ya?ml|pom\.xml|build\.gradle(?:\.kts)?|gradle\.properties|junit-platform\.properties|surefire\.\w+|Cargo\.toml|nextest\.toml|\.cargo\/config(?:\.toml)?|BUILD(?:\.bazel)?|\.bazelrc|\.travis\.yml|Jenkinsfile|\.env(?:\.[\w-]+)*|\.envrc|(?:docker-)?compose[\w.-]*\.ya?ml|requirements[\w.-]*\.(?:txt|in)|constraints\.txt|Pipfile|azure-pipelines\.yml|appveyor\.yml|Dockerfile(?:\.\w+)?|run_?tests?\.sh|ci\.sh|test\.sh|codecov\.yml)$|(?:^|\/)(?:scripts?|bin|hack|tools?|build|dev)\/(?:[^/]*\/)*[^/]*\.(?:sh|bash|ps1|bat|cmd)$|(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.buildkite|\.ci|ci)\/|\.gitlab-ci\.yml$|(?:^|\/)tsconfig[\w.]*\.json$|(?:^|\/)\.eslintrc|(?:^|\/)go\.mod$/;

export const LOCK_FILES =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|go\.sum|Cargo\.lock|poetry\.lock|Pipfile\.lock|uv\.lock|Gemfile\.lock|composer\.lock|gradle\.lockfile)$/;

/** Lists of tests that are not to count. */
export const SKIP_LISTS =
  /(?:^|\/)[\w.-]*(?:quarantin|flaky|skip|known[-_]?fail|deny|exclude|ignore[-_]?tests?|disabled)[\w.-]*\.(?:txt|json|ya?ml|toml|list|cfg|csv)$/i;

/** Recorded output that tests compare with. */
export const RECORDED =
  /(?:^|\/)(?:__snapshots__|testdata|fixtures|golden|goldens|snapshots|expected)\/|\.(?:snap|golden|approved\.\w+|expected)$/;

/** Text that no program reads. */
export const PROSE = /\.(?:md|rst|adoc|txt)$|(?:^|\/)(?:LICENSE|OWNERS|CODEOWNERS|AUTHORS)$/i;

/** Settings of anything: a limit in them is as long as one in code. */
export const SETTINGS = /\.(?:ya?ml|json|toml|ini|cfg|conf|properties|xml)$/;
