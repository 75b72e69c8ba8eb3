/** A whole page in the style of all pages. `title` and `main` are HTML of ours: nothing of a request may be in them. */
export const htmlPage = (title: string, main: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/theme.css">
<title>${title}</title>
</head>
<body><main class="page">${main}</main></body>
</html>
`;
