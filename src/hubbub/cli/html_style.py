"""How an exported page looks: in light and dark, on a phone, and on paper."""

STYLE = """
:root { color-scheme: light dark; --line: light-dark(#e3e3e8, #33333b); --faint: light-dark(#696974,
  #9a9aa6); --paper: light-dark(#fff, #17171b); --code: light-dark(#f4f4f6, #222228); }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem 1rem 4rem; background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 0; font-size: 1.3rem; overflow-wrap: anywhere; }
h3 { position: sticky; top: 0; margin: 1.5rem 0 .5rem; padding: .3rem 0; background: var(--paper);
  border-bottom: 1px solid var(--line); font-size: .85rem; font-weight: 600; color: var(--faint); }
nav ul { display: flex; flex-wrap: wrap; gap: .4rem; padding: 0; list-style: none; }
nav a { display: block; padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 1rem;
  text-decoration: none; overflow-wrap: anywhere; }
.m { margin: 0; padding: .2rem 0; display: grid; grid-template-columns: 3.2rem 1fr; gap: .75rem; }
.m:target { outline: 2px solid; outline-offset: 2px; border-radius: .2rem; }
.m > time { padding-top: .15rem; font-size: .85rem; font-variant-numeric: tabular-nums; }
.m > time > a { text-decoration: none; }
time, small, .gone { color: var(--faint); }
.m > span { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; }
b.name { display: block;
  color: light-dark(hsl(var(--hue) 65% 30%), hsl(var(--hue) 60% 72%)); }
q { quotes: none; display: block; width: fit-content; padding-left: .6rem;
  border-left: 3px solid var(--line); color: var(--faint); }
code, pre { background: var(--code); border-radius: .3rem;
  font: .9em/1.45 ui-monospace, monospace; }
code { padding: .1em .3em; }
pre { margin: .3rem 0; padding: .6rem .8rem; overflow-x: auto; white-space: pre; }
a { color: inherit; }
img, video { display: block; margin: .4rem 0; max-width: 100%; max-height: 24rem; height: auto;
  border-radius: .4rem; }
.reactions, .file { display: block; margin-top: .2rem; }
@media print { h3 { position: static; } .m { break-inside: avoid; } }
@media (max-width: 32rem) { .m { grid-template-columns: 1fr; gap: 0; } }
"""
