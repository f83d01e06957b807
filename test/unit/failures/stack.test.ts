import { describe, expect, test } from "bun:test";
import { frameKey, framesOf, ownFrames, repoFile } from "../../../src/features/failures/errors/stack.ts";

const STACKS: Record<string, { stack: string; own: string[]; file: string | null }> = {
  "JavaScript, with libraries between": {
    stack: [
      "TypeError: Cannot read properties of undefined (reading 'street')",
      "    at streetOf (/usr/src/app/src/parcel.ts:7:31)",
      "    at async Promise.all (index 0)",
      "    at Layer.handle (/usr/src/app/node_modules/express/lib/router/layer.js:95:5)",
      "    at file:///usr/src/app/src/server.ts:40:3",
      "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    ].join("\n"),
    own: ["parcel.ts:7 streetOf", "server.ts:40 "],
    file: "src/parcel.ts",
  },
  "a browser": {
    stack: "streetOf@https://shop.test/assets/cart.js:12:9\n@https://shop.test/assets/main.js:3:1",
    own: ["cart.js:12 streetOf", "main.js:3 "],
    file: null,
  },
  "Python, the most recent call last": {
    stack: [
      "Traceback (most recent call last):",
      '  File "/usr/local/lib/python3.12/site-packages/django/core/handlers/base.py", line 197, in _get_response',
      "    response = wrapped_callback(request)",
      '  File "/app/app/views.py", line 24, in user_login',
      "    for item in request.user:",
      '  File "/app/app/models.py", line 9, in __iter__',
      "    yield self.rows[0]",
      "IndexError: list index out of range",
    ].join("\n"),
    own: ["models.py:9 __iter__", "views.py:24 user_login"],
    file: "app/models.py",
  },
  "Go, a panic": {
    stack: [
      "panic: runtime error: invalid memory address or nil pointer dereference",
      "goroutine 34 [running]:",
      "runtime.gopanic({0x6a1c40?, 0x8b3e10?})",
      "\t/usr/local/go/src/runtime/panic.go:770 +0x132",
      "github.com/acme/shop/cart.(*Cart).Total(0xc000012345)",
      "\t/workspace/cart/total.go:31 +0x1d",
      "net/http.HandlerFunc.ServeHTTP(0x0?, {0x7f?, 0xc0?}, 0x0?)",
      "\t/usr/local/go/src/net/http/server.go:2166 +0x29",
    ].join("\n"),
    own: ["total.go:31 github.com/acme/shop/cart.(*Cart).Total"],
    file: "cart/total.go",
  },
  "Java, with frameworks": {
    stack: [
      "java.lang.NullPointerException: label",
      "\tat com.acme.shop.Parcel.street(Parcel.java:12)",
      "\tat com.acme.shop.Desk.lambda$print$0(Desk.java:40)",
      "\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)",
      "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
    ].join("\n"),
    own: ["Parcel.java:12 com.acme.shop.Parcel.street", "Desk.java:40 com.acme.shop.Desk.lambda$print$0"],
    file: "com/acme/shop/Parcel.java",
  },
  "Rust, with a backtrace": {
    stack: [
      "thread 'main' panicked at src/cart.rs:14:9:",
      "   0: std::panicking::begin_panic_handler",
      "             at /rustc/9fc6b4/library/std/src/panicking.rs:647:5",
      "   1: shop::cart::total::h0123456789abcdef",
      "             at ./src/cart.rs:14:9",
      "   2: shop::main",
      "             at ./src/main.rs:3:5",
    ].join("\n"),
    own: ["cart.rs:14 shop::cart::total", "main.rs:3 shop::main"],
    file: "src/cart.rs",
  },
  "Ruby, with gems between": {
    stack: [
      "app/models/cart.rb:31:in `fetch': key not found: :label (KeyError)",
      "\tfrom app/models/cart.rb:31:in 'Cart#total'",
      "\tfrom /usr/local/bundle/gems/activerecord-7.1.3/lib/active_record/base.rb:12:in `block in find'",
      "\tfrom /usr/local/lib/ruby/3.3.0/set.rb:502:in `each'",
      "\tfrom /app/app/controllers/carts_controller.rb:9:in `block (2 levels) in show'",
    ].join("\n"),
    own: ["cart.rb:31 fetch", "cart.rb:31 Cart#total", "carts_controller.rb:9 block (2 levels) in show"],
    file: "app/models/cart.rb",
  },
  "C#, with symbols": {
    stack: [
      "System.NullReferenceException: Object reference not set to an instance of an object.",
      "   at System.Linq.Enumerable.Sum[TSource](IEnumerable`1 source, Func`2 selector)",
      "   at Acme.Shop.Cart.Total(Order order, Int32 count) in /src/Shop/Cart.cs:line 42",
      "   at Acme.Shop.CartController.<Show>d__4.MoveNext() in C:\\build\\Shop\\CartController.cs:line 17",
      "--- End of stack trace from previous location ---",
      "   at Microsoft.AspNetCore.Mvc.Infrastructure.ActionMethodExecutor.Execute(IActionResultTypeMapper mapper)",
    ].join("\n"),
    own: [
      "Cart.cs:42 Acme.Shop.Cart.Total",
      "CartController.cs:17 Acme.Shop.CartController.<Show>d__4.MoveNext",
    ],
    file: "Shop/Cart.cs",
  },
  "C#, without symbols": {
    stack: [
      "   at System.Collections.Generic.Dictionary`2.get_Item(TKey key)",
      "   at Acme.Shop.Cart.Total(Order order, Int32 count)",
    ].join("\n"),
    own: [":0 Acme.Shop.Cart.Total"],
    file: null,
  },
  "nothing of one's own": {
    stack: "Error: x\n    at emit (node:events:519:28)\n    at Socket.a (/app/node_modules/ws/lib/a.js:1:1)",
    own: ["node:events:519 emit", "a.js:1 Socket.a"],
    file: null,
  },
};

describe("own calls of a stack", () => {
  test.each(Object.entries(STACKS))("%s", (_, { stack, own, file }) => {
    const frames = ownFrames(framesOf(stack));
    expect(frames.map((frame) => `${frame.file.split(/[\\/]/).at(-1)}:${frame.line} ${frame.name}`)).toEqual(
      own,
    );
    expect(frames.map(repoFile).find((path) => path !== null) ?? null).toBe(file);
  });

  test("lines, folders of a build and addresses do not tell two apart", () => {
    const key = (file: string, line: number, name: string) => frameKey({ file, line, name });
    expect(key("/app/src/a.ts", 7, "run")).toBe(key("/srv/build-7/src/a.ts", 9, "run"));
    expect(key("/app/src/a.ts", 7, "run")).not.toBe(key("/app/src/a.ts", 7, "stop"));
    expect(key("a.go", 1, "main.func1")).toBe(key("a.go", 1, "main.func2"));
  });

  test("a hostile stack takes no time", () => {
    const began = process.cpuUsage();
    for (const piece of ["at ", "(", "a.", "/", " at a (b:1:1", 'File "', "\t", "::", "0x", "@"]) {
      framesOf(piece.repeat(200_000 / piece.length));
      framesOf(`${piece.repeat(100)}\n`.repeat(2000));
    }
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });
});
