import { Login } from "../../src/kernel/ids.ts";
import type { Someone } from "../../src/playground/actions.ts";
import { loginCookie } from "../../src/web/people.ts";
import type { Product } from "./product.ts";

/** Sends off the form of a button on a page of the console, as somebody who signed in. @returns the answer's HTML. */
export async function pressOnPage(
  product: Product,
  login: string,
  path: string,
  button: string,
  note: string,
): Promise<string> {
  const { context, url } = product;
  if (context === null) throw new Error("the product is a process of its own");
  let cookie =
    (await loginCookie(context, { login: Login.parse(login), forge: "GitHub" })).split(";")[0] ?? "";
  const page = await (await fetch(`${url}${path}`, { headers: { cookie } })).text();
  const form = page.match(/<form.*?<\/form>/gs)?.find((one) => one.includes(`name="do" value="${button}"`));
  if (form === undefined) throw new Error(`${path} has no button ${button}`);
  const fields = new URLSearchParams({ note });
  for (const [, name = "", value = ""] of form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g))
    fields.set(name, value);
  const init = { method: "POST", redirect: "manual", headers: { cookie }, body: fields } as const;
  const sent = await fetch(`${url}/act`, init);
  if (sent.status !== 303) throw new Error(`${button} was answered with ${sent.status}`);
  for (const line of sent.headers.getSetCookie()) cookie += `; ${line.split(";")[0]}`;
  const back = await (await fetch(`${url}${sent.headers.get("location")}`, { headers: { cookie } })).text();
  return /<div class="said .*?<\/div>/s.exec(back)?.[0] ?? "";
}

/** Opens the page that `link` named, signs in on the forge as somebody, and presses the button. @returns the last page. */
export async function linkOnPage(address: string, someone: Someone): Promise<string> {
  const jar = new Map<string, string>();
  const open = async (url: string, init: RequestInit = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return { to: answer.headers.get("location") ?? "", text: await answer.text() };
  };
  const first = await open(address);
  const signIn = /href="(\/signin[^"]*)"/.exec(first.text)?.[1] ?? "";
  const left = await open(new URL(signIn, address).href);
  const back = await open(await someone.authorizes(left.to));
  const form = await open(new URL(back.to, address).href);
  const csrf = /name="csrf" value="([^"]*)"/.exec(form.text)?.[1] ?? "";
  return (await open(address, { method: "POST", body: new URLSearchParams({ csrf }) })).text;
}
