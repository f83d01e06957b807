import { Login } from "../../src/kernel/ids.ts";
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
  let cookie = (await loginCookie(context, Login.parse(login))).split(";")[0] ?? "";
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
