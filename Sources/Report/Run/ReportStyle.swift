/// How the page looks: one column, two sets of colours, and a third for paper.
enum ReportStyle {
  /// All of it.
  static let css = [colours, page, charts, print].joined(separator: "\n")

  /// What a chart needs that stands outside of the page.
  static let ofCharts = [colours, charts].joined(separator: "\n")

  private static let colours = """
    :root {
      --paper: #fcfcfa; --card: #f3f3f0; --ink: #1c1e22; --soft: #5d626b; --rule: #dcdddd; --grid: #e8e8e6;
      --accent: #17539c; --pale: #a9c1df; --warn: #b3331d;
      --tone0: #40206f; --tone1: #3b4b9b; --tone2: #2b74a8; --tone3: #1f8f96;
      --tone4: #2f9a68; --tone5: #7a9a1e; --tone6: #c58a00; --tone7: #d2601a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15171a; --card: #1e2125; --ink: #e7e9ec; --soft: #9ba2ac; --rule: #33373d; --grid: #292d32;
        --accent: #8fbcf7; --pale: #3f5f86; --warn: #ff9a82;
        --tone0: #b79cf2; --tone1: #98a8f8; --tone2: #78b9f2; --tone3: #5fcfd2;
        --tone4: #6fdca0; --tone5: #bfdc62; --tone6: #f3c64f; --tone7: #ff9d5c;
      }
    }
    """

  private static let page = """
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
    }
    main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
    h1 { font-size: 2.1rem; line-height: 1.15; letter-spacing: -0.015em; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; letter-spacing: -0.005em; margin: 0 0 0.15rem; }
    h3 { font-size: 1.05rem; margin: 2rem 0 0.15rem; }
    section { margin-top: 3.25rem; }
    figure { margin: 0; }
    .kind { margin: 0 0 0.25rem; color: var(--soft); font-size: 0.85rem; }
    .notes { margin: 0.6rem 0 0; max-width: 44rem; }
    .lead, .remark { margin: 0 0 1rem; color: var(--soft); font-size: 0.9rem; max-width: 46rem; }
    .said { margin: 1rem 0 0; font-size: 0.9rem; max-width: 46rem; }
    .said + .said, .said + .remark { margin-top: 0.4rem; }
    .remark { margin: 1rem 0 0; color: var(--warn); }
    .facts {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 1rem 1.5rem;
      margin: 1.5rem 0 0; padding: 1.1rem 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule);
    }
    .facts dt { color: var(--soft); font-size: 0.8rem; }
    .facts dd { margin: 0; font-size: 1.2rem; font-variant-numeric: tabular-nums; }

    figure.broad { overflow-x: auto; }
    figure.broad svg { min-width: 44rem; }
    .multiples figure { max-width: 24rem; }
    svg { display: block; width: 100%; height: auto; }
    .multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.5rem; margin-top: 2rem; }

    .clips { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1.25rem; margin-bottom: 1.75rem; }
    video, img.clip { display: block; width: 100%; border: 1px solid var(--rule); border-radius: 6px; background: var(--card); }
    .pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 1.25rem 2rem; margin-bottom: 1.75rem; }
    .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
    .which { margin: 0 0 0.25rem; font-size: 0.8rem; color: var(--soft); }
    .clips.small video, .clips.small img.clip, .pairs.small video, .pairs.small img.clip { image-rendering: pixelated; }
    figcaption { margin-top: 0.4rem; font-size: 0.85rem; line-height: 1.35; color: var(--soft); overflow-wrap: anywhere; }
    .sheet { display: block; max-width: 100%; height: auto; border: 1px solid var(--rule); border-radius: 6px; }
    .sheets { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.25rem; }
    .earlier { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.25rem; margin-top: 1rem; }
    details { margin-top: 1rem; }
    summary { cursor: pointer; color: var(--accent); width: fit-content; }
    summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
    pre {
      margin: 1rem 0 0; padding: 1rem 1.25rem; background: var(--card); border-radius: 6px; overflow-x: auto;
      font: 0.82rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; tab-size: 2;
    }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
    th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--soft); }
    th, td { padding: 0.4rem 1.25rem 0.4rem 0; vertical-align: top; overflow-wrap: anywhere; }
    td { border-bottom: 1px solid var(--rule); }
    .number + .number { padding-left: 1.25rem; }
    .bar { width: 45%; }
    .bar div { height: 0.8em; margin-top: 0.3em; min-width: 1px; background: var(--accent); border-radius: 2px; }
    .number { text-align: right; padding-right: 0; white-space: nowrap; font-variant-numeric: tabular-nums; }
    """

  private static let charts = """
    svg text { font-size: 12.5px; fill: var(--soft); font-variant-numeric: tabular-nums; }
    svg .label { fill: var(--ink); }
    svg .name { fill: var(--ink); }
    svg path { fill: none; stroke-linecap: round; stroke-linejoin: round; }
    svg .grid { stroke: var(--grid); }
    svg .axis { stroke: var(--soft); }
    svg .line { stroke-width: 1.8; }
    svg .faint { stroke: var(--pale); stroke-width: 1; }
    svg .main { stroke: var(--accent); stroke-width: 2.6; }
    .held svg .main { stroke: var(--ink); }
    .held svg .dot.main { fill: var(--ink); stroke: none; }
    svg .dot { stroke: none; fill: var(--accent); }
    svg .mark { stroke: var(--soft); stroke-dasharray: 3 4; }
    svg .cross { stroke: var(--warn); stroke-width: 1.6; }
    .tone0 { --tone: var(--tone0); } .tone1 { --tone: var(--tone1); } .tone2 { --tone: var(--tone2); }
    .tone3 { --tone: var(--tone3); } .tone4 { --tone: var(--tone4); } .tone5 { --tone: var(--tone5); }
    .tone6 { --tone: var(--tone6); } .tone7 { --tone: var(--tone7); }
    svg .line[class*="tone"] { stroke: var(--tone); }
    svg .dot[class*="tone"] { fill: var(--tone); }
    svg .reading rect { fill: none; pointer-events: all; }
    svg .reading path { stroke: var(--ink); stroke-width: 1; opacity: 0; }
    svg .reading:hover path { opacity: 0.35; }
    """

  private static let print = """
    @media print {
      :root {
        color-scheme: light;
        --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --grid: #ddd;
        --accent: #000; --pale: #aaa; --warn: #000;
        --tone0: #000; --tone1: #111; --tone2: #222; --tone3: #333;
        --tone4: #444; --tone5: #555; --tone6: #666; --tone7: #777;
      }
      body { font-size: 10.5pt; }
      main { max-width: none; padding: 0; }
      section { margin-top: 1.6rem; }
      figure, tr, .facts { break-inside: avoid; }
      h2, .lead { break-after: avoid; }
      .multiples { grid-template-columns: repeat(3, 1fr); }
      figure.broad svg { min-width: 0; }
      .clips, .pairs { display: none; }
      .bar div { print-color-adjust: exact; }
      details::details-content { content-visibility: visible; block-size: auto; }
      pre { white-space: pre-wrap; padding: 0; }
    }
    """
}
