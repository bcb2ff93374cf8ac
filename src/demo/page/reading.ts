/** Help for reading: where in the chapter one is, all code at once, and the keyboard in what scrolls. */
export function startReading(): void {
  reachable();
  window.addEventListener("load", reachable);
  window.addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  const links = new Map(
    Array.from(document.querySelectorAll<HTMLAnchorElement>(".toc a")).map((link) => [
      link.hash.slice(1),
      link,
    ]),
  );
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) target.toggleAttribute("data-seen", isIntersecting);
      const [current] = Array.from(document.querySelectorAll("main > .part[data-seen]"));
      links.forEach((link, id) => {
        if (id === current?.id) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      });
    },
    { rootMargin: "-90px 0px -55% 0px" },
  );
  document.querySelectorAll("main > .part").forEach((part) => seen.observe(part));
  if (window.matchMedia("(max-width: 1080px)").matches)
    document.querySelector(".toc details")?.removeAttribute("open");

  const button = document.querySelector<HTMLElement>(`[data-do="code"]`)!;
  const folds = Array.from(document.querySelectorAll<HTMLDetailsElement>("main details.code"));
  const own = folds.map(({ open }) => open);
  button.addEventListener("click", () => {
    const all = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(all));
    folds.forEach((fold, i) => (fold.open = all || own[i]!));
  });
}

/** What is wider than its place is scrolled by arrow keys, so it takes the focus; nothing else is in the way of Tab. */
export function reachable(): void {
  const places = Array.from(
    document.querySelectorAll<HTMLElement>("main :is(.wide, .formula, .out.figure, pre)"),
  );
  const scrolled = places.map((one) => one.scrollWidth > one.clientWidth + 1 || (one.tagName === "PRE" && one.scrollHeight > one.clientHeight + 1)); // prettier-ignore
  places.forEach((one, i) => {
    if (scrolled[i]) one.tabIndex = 0;
    else if (!one.matches(".tall")) one.removeAttribute("tabindex");
  });
}
