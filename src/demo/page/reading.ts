/** Help for reading: where in the chapter one is, and all code at once. */
export function startReading(): void {
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
