/** The one stylesheet of all pages. */
export const style = `:root {
  color-scheme: light dark;
  --text: #1d2129; --soft: #5a6270; --line: #d9dde3; --back: #fff; --panel: #f5f6f8; --link: #0b57d0;
  --good: #0f6b37; --bad: #b3261e; --busy: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e6ea; --soft: #a3aab6; --line: #3a3f48; --back: #16181c; --panel: #20242a; --link: #8ab4f8;
    --good: #6fcf97; --bad: #ff8a80; --busy: #f2c94c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header, main { max-width: 64rem; margin: 0 auto; padding: 0.75rem 1rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; color: var(--soft); }
.home { font-weight: 600; color: inherit; text-decoration: none; }
main { padding-bottom: 4rem; }
a { color: var(--link); }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 0.75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0.5rem 0; overflow-wrap: anywhere; }
.plain { white-space: pre-wrap; }
nav ol { display: flex; flex-wrap: wrap; gap: 0 0.5rem; margin: 0; padding: 0; list-style: none; font-size: 0.9rem; }
nav li { overflow-wrap: anywhere; }
nav li::after { content: " /"; color: var(--soft); }
.note, .empty { color: var(--soft); }
table { width: 100%; margin: 0.5rem 0 1rem; border-collapse: collapse; border-bottom: 1px solid var(--line); }
th, td { padding: 0.45rem 1.5rem 0.45rem 0; text-align: left; vertical-align: top; unicode-bidi: isolate; }
th { font-size: 0.85rem; font-weight: 600; color: var(--soft); white-space: nowrap; }
td { border-top: 1px solid var(--line); overflow-wrap: anywhere; }
td:first-child { min-width: 10rem; }
time, span[title], code[title] { white-space: nowrap; font-variant-numeric: tabular-nums; }
td a + .note, td .status + time { display: block; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1.5rem; margin: 0.5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
code, pre, textarea { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.875rem; }
pre { margin: 0.5rem 0; padding: 0.75rem 1rem; max-height: 40rem; overflow: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
iframe { width: 100%; height: 18rem; resize: vertical; border: 1px solid var(--line); border-radius: 6px; }
.status { font-weight: 600; white-space: nowrap; }
.status::before { content: "● "; }
.succeeded { color: var(--good); }
.failed { color: var(--bad); }
.in-progress { color: var(--busy); }
form { display: grid; gap: 0.75rem; }
.fields { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; }
label { display: grid; gap: 0.25rem; font-size: 0.9rem; color: var(--soft); max-width: 100%; }
input, select, textarea, button { font-size: 1rem; padding: 0.4rem 0.6rem; max-width: 100%; color: var(--text);
  background: var(--back); border: 1px solid var(--soft); border-radius: 6px; }
textarea { width: 100%; min-height: 8rem; resize: vertical; }
button { justify-self: start; padding: 0.5rem 1.5rem; font-weight: 600; color: var(--back); background: var(--link);
  border-color: var(--link); cursor: pointer; }
details { margin: 0.75rem 0 1.5rem; }
summary { cursor: pointer; color: var(--link); }
@media (max-width: 36rem) {
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 0.5rem; }
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tr { padding: 0.5rem 0; border-top: 1px solid var(--line); }
  td { padding: 0.1rem 0; border: 0; }
  td:not(:first-child)::before { content: attr(data-label) ": "; color: var(--soft); }
  td .status + time { display: inline; }
}
`
