/** @jsxImportSource hono/jsx */
import { fileAt, log } from "../history.ts";
import { markdown, type Page, type RepoPage } from "./context.ts";
import { Layout } from "./layout.tsx";
import { Avatar, Time } from "./parts.tsx";

/** All repositories, or those of one owner. */
export const ReposPage = (page: Page, owner: string | null) => {
  const repos = [...page.world.repos.values()].filter(
    (repo) => owner === null || repo.owner.toLowerCase() === owner.toLowerCase(),
  );
  return (
    <Layout page={page} title={owner ?? "Repositories"}>
      <h1>{owner ?? "Repositories"}</h1>
      <ul class="rows" data-live>
        {repos.map((repo) => (
          <li>
            <a class="title" href={`/${repo.fullName}`}>
              {repo.fullName}
            </a>
            <span class="quiet">
              {repo.description} {repo.private ? "private · " : ""}pushed{" "}
              <Time world={page.world} at={repo.pushedAt} />
            </span>
          </li>
        ))}
        {repos.length === 0 ? <li class="empty">No repositories yet.</li> : null}
      </ul>
    </Layout>
  );
};

/** A repository's front page: its files, its README, its latest commits. */
export const CodePage = async (page: RepoPage) => {
  const { world, repo, base } = page;
  const head = repo.defaultBranch;
  const listing = await world.git.answer(repo.gitDir, ["ls-tree", "-r", "--name-only", head]);
  const paths = listing.split("\n").filter(Boolean);
  const commits = await log(world, repo, ["-15", head]);
  const readme = paths.find((path) => path.toLowerCase() === "readme.md");
  const text = readme ? await fileAt(world, repo, head, readme) : null;
  return (
    <Layout page={page} title={repo.fullName} tab="Code">
      <p class="quiet">
        Clone with <code>{`git clone ${world.origin}/${repo.fullName}.git`}</code>
      </p>
      <div class="columns" data-live>
        <section>
          <h2>Files</h2>
          <ul class="rows dense">
            {paths.slice(0, 200).map((path) => (
              <li>
                <a href={`${base}/blob/${head}/${path}`}>{path}</a>
              </li>
            ))}
          </ul>
          {text ? <div class="markdown boxed">{markdown(page, text)}</div> : null}
        </section>
        <section>
          <h2>Commits on {head}</h2>
          <ul class="rows dense">
            {commits.map((commit) => (
              <li>
                <a href={`${base}/commit/${commit.sha}`}>{commit.message.split("\n")[0]}</a>
                <span class="quiet">
                  <Avatar login={commit.author.name} size={16} /> {commit.author.name},{" "}
                  <Time world={world} at={commit.committer.date} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Layout>
  );
};

/** One file at a ref. */
export const BlobPage = (page: RepoPage, ref: string, path: string, text: string) => (
  <Layout page={page} title={path} tab="Code">
    <h1>
      {path} <span class="quiet">at {ref.length === 40 ? ref.slice(0, 7) : ref}</span>
    </h1>
    <ol class="code">
      {text
        .replace(/\n$/, "")
        .split("\n")
        .map((line, index) => (
          <li id={`L${index + 1}`}>{line}</li>
        ))}
    </ol>
  </Layout>
);
