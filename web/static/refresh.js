// A page about work that is under way looks again every few seconds, and puts what it finds in place of what it shows;
// when the work is done it is opened anew. Without scripts a <meta> in <noscript> does the same.
const seconds = (page) => Number(page.documentElement.dataset.refresh ?? 0);

const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    if (!seconds(page) || !main) {
      location.reload();
      return;
    }
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
  } catch {
    // the site is away for a moment: look again later
  }
  setTimeout(look, 1000 * seconds(document));
};

setTimeout(look, 1000 * seconds(document));
