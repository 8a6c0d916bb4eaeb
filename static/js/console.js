// The console's small helps: find a row in a long table, and see which section one is in.

const DIGITS = /[٠-٩۰-۹]/g;
const SAME_LETTER = { أ: "ا", إ: "ا", آ: "ا", ى: "ي", ة: "ه", ک: "ك", ی: "ي" };

/** The text as people search it: any digits, any accents, any form of a letter. */
const plain = (text) => text
  .toLowerCase()
  .replace(DIGITS, (digit) => digit.charCodeAt(0) & 15)
  .replace(/[أإآىةکی]/g, (letter) => SAME_LETTER[letter])
  .normalize("NFKD")
  .replace(/\p{M}|ـ/gu, "")
  .replace(/\s+/g, " ");

function filterTable(place) {
  const table = document.getElementById(place.dataset.filter);
  if (!table) return;
  const input = place.querySelector("input"), told = place.querySelector("output");
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const texts = rows.map((row) => plain(row.textContent));
  const digits = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const words = plain(input.value).trim().split(" ");
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    told.textContent = `${digits.format(shown)} / ${digits.format(rows.length)}`;
  };
  input.addEventListener("input", show);
  place.hidden = false;
  if (input.value) show();
}

document.querySelectorAll("[data-filter]").forEach(filterTable);

const strip = document.querySelector(".sections ul");
const here = strip?.querySelector("[aria-current]");
if (here && strip.scrollWidth > strip.clientWidth) {
  here.scrollIntoView({ inline: "center", block: "nearest" });
}
