/* The square on a card leads here with number and code behind the #, which no server ever sees. */
const told = new URLSearchParams(location.hash.slice(1));
for (const [name, from] of [["number", "n"], ["code", "c"]]) {
  const field = document.querySelector(`#field-${name}`);
  if (field && told.get(from)) field.value = told.get(from);
}
if (told.has("c")) history.replaceState(null, "", location.pathname);
