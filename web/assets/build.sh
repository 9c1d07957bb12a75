#!/bin/sh
# Builds dist from src: the same sources give the same bytes, and CI compares.
# Needs Node for sass and the font cutter; nobody needs it to run Aiqyn.
set -eu
cd "$(dirname "$0")/src"
npm ci --silent
node fonts.mjs
rm -rf build ../dist
mkdir -p build ../dist
npx --no-install sass --no-source-map --style=expanded --load-path=. scss/app.scss build/app.css
go tool esbuild build/app.css js/app.js --bundle --minify --target=es2020,chrome80,firefox78,safari14 --charset=utf8 \
	--outdir=../dist --entry-names='[name]-[hash]' --asset-names='[name]-[hash]' \
	--loader:.inline.woff2=dataurl --loader:.woff2=file --legal-comments=none --log-level=warning
go tool esbuild js/atlas.js --bundle --minify --format=esm --supported:destructuring=true --target=es2020,chrome80,firefox78,safari14 --charset=utf8 \
	--outdir=../dist --entry-names='[name]-[hash]' --legal-comments=none --log-level=warning
cp node_modules/@fontsource/golos-text/LICENSE ../dist/golos-OFL.txt
cp govuk-frontend-MIT.txt ../dist/
rm -rf build
