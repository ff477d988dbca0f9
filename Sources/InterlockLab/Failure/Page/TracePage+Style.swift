extension TracePage {
  /// How many actors have a colour of their own.
  static let colours = 6

  /// Everything is drawn with the cells of one table: lanes and turns are lines before and after their content.
  static let style = """
    :root{color-scheme:light dark;--ink:#1d2330;--soft:#616b7d;--line:#b4bac7;--paper:#fbfbf9;--band:#f0efe9;
    --mark:#c2410c;--bad:#b91c1c;--good:#15803d;--plain:#7b8496}
    @media screen and (prefers-color-scheme:dark){:root{--ink:#e7e9ee;--soft:#a3acbd;--line:#4a5263;
    --paper:#161a22;--band:#202632;--mark:#fb923c;--bad:#f87171;--good:#4ade80;--plain:#8a93a6}}
    body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0;padding:1.5rem;
    width:max-content;min-width:calc(100vw - 4rem);print-color-adjust:exact;-webkit-print-color-adjust:exact}
    header{position:sticky;left:1.5rem;width:calc(100vw - 4rem);max-width:60rem;margin-bottom:1.5rem}
    h1{font-size:1.35rem;margin:0 0 .5rem}
    .verdict{margin:.5rem 0;padding:.5rem .8rem;border-left:4px solid var(--good);background:var(--band);
    white-space:pre-wrap;overflow-wrap:anywhere}
    .verdict.failed{border-color:var(--bad);font-weight:600}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.8rem 0}
    dt{color:var(--soft)}dd{margin:0}a{color:inherit}code{overflow-wrap:anywhere}
    .legend{color:var(--soft);font-size:.87rem;list-style:none;margin:1.2rem 0 0;padding:0;display:flex;
    flex-wrap:wrap;gap:.6rem 1.6rem;align-items:baseline}.legend .step{margin-right:.3em}
    table{border-collapse:separate;border-spacing:0;line-height:1.3}
    thead th{position:sticky;top:0;z-index:3;background:var(--paper);border-bottom:1px solid var(--line);
    padding:.5rem .6rem;vertical-align:bottom;text-align:center;min-width:5.5rem;max-width:11rem;overflow-wrap:anywhere}
    thead th:nth-child(-n+2){min-width:0;overflow-wrap:normal;text-align:right;color:var(--soft);font-weight:400}
    th[scope=row]{position:sticky;left:0;z-index:2;background:var(--paper);padding:.3rem .6rem;text-align:right;
    vertical-align:top;font-weight:400;font-variant-numeric:tabular-nums;color:var(--soft)}
    th a{text-decoration:none}td{position:relative;padding:.3rem .6rem;text-align:center;vertical-align:top}
    td.time{color:var(--soft);text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
    td::before,td::after{position:absolute;box-sizing:border-box}
    td.live::before{content:"";left:50%;top:0;bottom:0;border-left:1.5px solid var(--line)}
    td.held::before{content:"";left:calc(50% - 2px);top:0;bottom:0;border-left:5px solid var(--line)}
    td.left::after,td.right::after,td.across::after{content:"";top:0;left:0;right:0;border-top:1.5px solid var(--plain)}
    td.left::after{right:50%}td.right::after{left:50%}
    .step{position:relative;z-index:1;display:inline-block;padding:.05em .6em;border-radius:.4em;font-size:.93em;
    --c:var(--plain);border:1.5px solid var(--c);color:var(--ink);white-space:nowrap;
    background:color-mix(in srgb,var(--c) 16%,var(--paper))}
    .a0{--c:#3d7bd0}.a1{--c:#2f9670}.a2{--c:#9067cc}.a3{--c:#b8802b}.a4{--c:#1f98b4}.a5{--c:#c2528c}
    .step.deviating{outline:2.5px solid var(--mark);outline-offset:1.5px}
    .remarks{position:relative;z-index:1;width:0;margin-left:50%;text-align:left;font-size:.93em}
    .remarks div{width:max-content;max-width:30rem;margin:.25em 0 0 -1.2em;padding:0 .4em;background:var(--paper);
    white-space:pre-wrap;overflow-wrap:anywhere}
    .far .remarks{display:flex;flex-direction:column;align-items:flex-end}.far .remarks div{margin:.25em -1.2em 0 0}
    .remarks .note,.remarks .inside{color:var(--soft)}.remarks .deviation{color:var(--mark)}
    .remarks .failure,.remarks .fault{color:var(--bad);font-weight:600}
    tr.jump>*{border-top:1px dashed var(--line)}tr.jump th{color:var(--ink);font-weight:600}
    tr.failing th a{color:var(--bad);font-weight:700}tr.deviating th a{color:var(--mark);font-weight:700}
    tbody tr:hover>*,tbody tr:focus-within>*,tr:target>*,tbody tr:hover .remarks div{background:var(--band)}
    @media print{:root{--paper:#fff}body{padding:0;width:auto;min-width:0;font-size:11px}header{position:static;width:auto}
    thead{display:table-header-group}thead th,th[scope=row]{position:static;min-width:0}
    tr{break-inside:avoid}@page{margin:12mm}}
    """
}
