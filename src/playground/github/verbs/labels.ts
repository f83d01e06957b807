import { announce, note } from "../announce.ts";
import { invalid } from "../http.ts";
import type { Issue, Label, Repo } from "../model.ts";
import { labelShape } from "../shapes/issue.ts";
import { userShape } from "../shapes/user.ts";
import { touch, type World } from "../world.ts";

const DEFAULT_COLOR = "ededed";

/** Makes a label. Throws 422 when there is one of that name. */
export const createLabel = (
  world: World,
  repo: Repo,
  name: string,
  color: string = DEFAULT_COLOR,
  description: string | null = null,
): Label => {
  if (repo.labels.has(name.toLowerCase())) {
    throw invalid({ resource: "Label", field: "name", code: "already_exists" });
  }
  const label = { id: world.nextId(), name, color: color.replace(/^#/, ""), description };
  repo.labels.set(name.toLowerCase(), label);
  world.changed();
  return label;
};

const labelNamed = (world: World, repo: Repo, name: string): Label =>
  repo.labels.get(name.toLowerCase()) ?? createLabel(world, repo, name);

/** Adds labels; one the repository does not have is made. */
export const addLabels = (world: World, repo: Repo, issue: Issue, actor: string, names: string[]): void => {
  for (const name of names) {
    const label = labelNamed(world, repo, name);
    if (issue.labels.includes(label.name)) continue;
    issue.labels.push(label.name);
    touch(world, issue);
    note(world, issue, actor, "labeled", { label: label.name });
    announce(world, repo, issue, actor, "labeled", { label: labelShape(world, repo, label) });
  }
};

/** Takes a label off; false when the issue does not carry it. */
export const removeLabel = (world: World, repo: Repo, issue: Issue, actor: string, name: string): boolean => {
  const label = repo.labels.get(name.toLowerCase());
  if (!label || !issue.labels.includes(label.name)) return false;
  issue.labels = issue.labels.filter((carried) => carried !== label.name);
  touch(world, issue);
  note(world, issue, actor, "unlabeled", { label: label.name });
  announce(world, repo, issue, actor, "unlabeled", { label: labelShape(world, repo, label) });
  return true;
};

/** Makes the issue carry exactly these labels. */
export const setLabels = (world: World, repo: Repo, issue: Issue, actor: string, names: string[]): void => {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const name of [...issue.labels]) {
    if (!wanted.has(name.toLowerCase())) removeLabel(world, repo, issue, actor, name);
  }
  addLabels(world, repo, issue, actor, names);
};

/** Makes exactly these people the assignees; logins without an account are ignored, as on GitHub. */
export const setAssignees = (
  world: World,
  repo: Repo,
  issue: Issue,
  actor: string,
  logins: string[],
): void => {
  const known = logins.flatMap((login) => world.account(login)?.login ?? []);
  const before = issue.assignees;
  issue.assignees = [...new Set(known)];
  const changed = [
    ...before
      .filter((login) => !issue.assignees.includes(login))
      .map((login) => ["unassigned", login] as const),
    ...issue.assignees
      .filter((login) => !before.includes(login))
      .map((login) => ["assigned", login] as const),
  ];
  for (const [action, login] of changed) {
    touch(world, issue);
    note(world, issue, actor, action, { assignee: login });
    announce(world, repo, issue, actor, action, { assignee: userShape(world, login) });
  }
};
