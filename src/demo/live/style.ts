/** The look of all widgets, in the colours of the page (its CSS variables): large enough for the back row. */
export const liveStyle = `
.live{font-size:1.12em;line-height:1.45;color:var(--ink)}
.live [hidden]{display:none!important}
.live-form{display:flex;flex-wrap:wrap;gap:.4em 1.1em;align-items:center;margin:.5em 0}
.live-form label{display:flex;align-items:center;gap:.5em}
.live-form label>span{color:var(--soft);font-size:.88em}
.live-form .live-wide{flex:1 1 100%}
.live-form .live-slider{flex:1 1 12em}
.live-form .live-slider>span{white-space:nowrap}
.live-form output{min-width:2.2em;font-family:var(--mono);font-variant-numeric:tabular-nums;text-align:right}
.live textarea,.live input:not([type=range]),.live select{font:inherit;font-family:var(--mono);color:var(--ink);background:var(--page);border:1px solid var(--soft);border-radius:6px;padding:.3em .5em;box-sizing:border-box;max-width:100%}
.live .live-wide :is(textarea,input){flex:1;min-width:0}
.live input[type=range]{width:100%;accent-color:var(--accent);margin:0}
.live button{font:inherit;color:var(--ink);background:var(--tint);border:1px solid var(--soft);border-radius:6px;padding:.3em .9em;cursor:pointer}
.live button:disabled{opacity:.5;cursor:default}
.live .live-start{background:var(--accent);color:var(--page);border-color:var(--accent);font-weight:600}
.live :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.live-bar{display:flex;flex-wrap:wrap;gap:.5em 1em;align-items:center;margin:.3em 0;color:var(--soft);font-size:.92em}
.live-say{font-weight:600;margin:.3em 0;min-height:1.45em;overflow-wrap:anywhere}
.live-say.live-wrong{color:var(--bad)}
.live-out{overflow-x:auto}
.live-text{font:1.1em/1.6 var(--mono);background:var(--tint);border-radius:6px;padding:.4em .6em;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4em 0}
.live-text mark{background:none;color:var(--accent);font-weight:700}
.live-bars{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
.live .live-bars :is(th,td){border:0;padding:.12em .5em;text-align:left;background:none;color:var(--ink);vertical-align:middle}
.live .live-bars thead th{font-size:.85em;font-weight:400;color:var(--soft)}
.live .live-bars tbody th{font-family:var(--mono);font-weight:600;width:1%;white-space:nowrap}
.live .live-bars td:last-child{width:5.5em;text-align:right;white-space:nowrap}
.live-fill{display:block;height:1.05em;min-width:2px;background:var(--accent);border-radius:0 4px 4px 0}
.live-cut .live-fill{background:var(--line)}
.live .live-bars .live-cut :is(th,td){color:var(--soft)}
.live-pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(19em,1fr));gap:.8em}
.live-card{border:1px solid var(--line);border-radius:8px;padding:.6em .8em;min-width:0}
.live-card .live-name{margin:0 0 .3em;font-weight:700}
.live-good{color:var(--good);font-weight:700}
.live-bad{color:var(--bad);font-weight:700}
.live-soft{color:var(--soft);font-size:.9em;margin:.3em 0}
.live-map{display:block;max-width:min(100%,34em);height:auto}
.live-map text{fill:var(--ink);font-family:var(--mono)}
.live-map .live-cell{fill:var(--accent)}
.live-map .live-edge{fill:none;stroke:var(--line);stroke-width:1}
.live-map .live-frame{fill:none;stroke:var(--ink);stroke-width:2.5}
.live-look{font:1.25em/2 var(--mono);overflow-wrap:anywhere}
.live-look span{position:relative;padding:.1em .12em;border-radius:4px;white-space:pre;display:inline-block;isolation:isolate}
.live-look span::before{content:"";position:absolute;inset:0;border-radius:4px;background:var(--accent);opacity:var(--share);z-index:-1}
.live-look .live-here{outline:3px solid var(--ink);outline-offset:-1px}
.live .tl.tl.tl.tl{--tl-paper:var(--page);--tl-ink:var(--ink);--tl-soft:var(--soft);--tl-tint:var(--tint);--tl-accent:var(--accent);--tl-grid:var(--line);--tl-line:var(--soft);--tl-mono:var(--mono);font-size:1em;max-width:none}
@media print{.live-form,.live-bar{display:none}}
`.replace(/\n/g, "");
