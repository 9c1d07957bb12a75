package paper

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/skip2/go-qrcode"
)

// QR draws an address as a code for pages, a square per dark module, with the
// quiet border that readers need.
func QR(address, says string) (template.HTML, error) {
	code, err := qrcode.New(address, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("make qr code: %w", err)
	}
	bits := code.Bitmap()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s" focusable="false"><rect class="qr__ground" width="%d" height="%d"/><path d="`,
		len(bits), len(bits), html.EscapeString(says), len(bits), len(bits))
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			to := x
			for to < len(row) && row[to] {
				to++
			}
			if to > x {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, to-x, to-x)
				x = to
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil // numbers, and a text that was escaped
}
