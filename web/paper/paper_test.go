package paper

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"aiqyn"
)

var some = Paper{
	Lang: aiqyn.Kazakh, Title: "Техникалық шарттар ӘҒҚҢӨҰҮҺІ әғқңөұүһі", Caption: "Электр желісіне қосылу",
	Rows: []Row{{"Кімге", "Сейітова Айгүл Қуанышқызы"}, {"Бағасы", "450\u00a0000\u00a0₸"}, {"Ұзын мәтін", strings.Repeat("Өтініш беруші қайтарып алды. ", 12)}},
	Says: "Дәлелі файлдың ішінде: «№ 17» – “ok”.", QR: "https://aiqyn.example/kk/check/48213/0011223344556677889a", QRSays: "Тексеріңіз", Foot: "Айқын · AQ-7K2M-9F3D",
	Receipt: []byte(`{"event":{},"proof":"p","salts":[]}`), Made: time.Date(2026, 11, 23, 5, 15, 0, 0, time.UTC),
}

func pdf(t *testing.T, p Paper) []byte {
	t.Helper()
	out, err := p.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	streams = regexp.MustCompile(`(?s)/Length (\d+)\s*>>\s*stream\n`)
	shown   = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`)
	squares = regexp.MustCompile(`([\d.]+) ([\d.]+) ([\d.]+) (-[\d.]+) re f`)
)

// contents are the page streams of a PDF.
func contents(t *testing.T, file []byte) string {
	t.Helper()
	var all strings.Builder
	for _, m := range streams.FindAllSubmatchIndex(file, -1) {
		n, _ := strconv.Atoi(string(file[m[2]:m[3]]))
		unzip, err := zlib.NewReader(bytes.NewReader(file[m[1]:min(m[1]+n, len(file))]))
		if err != nil {
			continue // not compressed: a map of letters
		}
		data, err := io.ReadAll(unzip)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("Tj")) {
			all.Write(data)
		}
	}
	return all.String()
}

// text is what a reader of the PDF can copy out of it: strings of UTF-16, as the
// map that goes with the letters says.
func text(t *testing.T, file []byte) string {
	t.Helper()
	var b strings.Builder
	unescape := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")
	for _, m := range shown.FindAllStringSubmatch(contents(t, file), -1) {
		raw := []byte(unescape.Replace(m[1]))
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		b.WriteString(string(utf16.Decode(units)) + "\n")
	}
	return b.String()
}

func TestTextComesOutAgain(t *testing.T) {
	got := text(t, pdf(t, some))
	for _, want := range []string{"ӘҒҚҢӨҰҮҺІ", "әғқңөұүһі", "450\u00a0000\u00a0₸", "Сейітова Айгүл Қуанышқызы", "«№ 17» – “ok”", "AQ-7K2M-9F3D · 1"} {
		if !strings.Contains(strings.ReplaceAll(got, "\n", " "), want) {
			t.Errorf("the paper does not say %q:\n%s", want, got)
		}
	}
}

// Every letter of the three languages has a shape in both weights.
func TestLettersHaveShapes(t *testing.T) {
	for name, font := range map[string][]byte{"400": regular, "600": bold} {
		glyphs := letters(t, font)
		for _, r := range "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁёАЯаяAZaz09₸№«»–—“”·−×° \u00a0" {
			if glyphs[r] == 0 {
				t.Errorf("golos-%s has no shape for %q", name, r)
			}
		}
	}
}

// letters reads the table of a TrueType font that gives letters their shapes
// (cmap, format 4 of the Windows Unicode platform).
func letters(t *testing.T, font []byte) map[rune]uint16 {
	t.Helper()
	u16 := func(at int) int { return int(font[at])<<8 | int(font[at+1]) }
	u32 := func(at int) int { return u16(at)<<16 | u16(at+2) }
	cmap := 0
	for i := range u16(4) {
		if at := 12 + 16*i; string(font[at:at+4]) == "cmap" {
			cmap = u32(at + 8)
		}
	}
	glyphs := map[rune]uint16{}
	for i := range u16(cmap + 2) {
		sub := cmap + u32(cmap+4+8*i+4)
		if u16(sub) != 4 {
			continue
		}
		n := u16(sub+6) / 2
		for s := range n {
			last, first := u16(sub+14+2*s), u16(sub+16+2*n+2*s)
			delta, at := u16(sub+16+4*n+2*s), sub+16+6*n+2*s
			for c := first; c <= last && c != 0xffff; c++ {
				g := c + delta
				if offset := u16(at); offset != 0 {
					if g = u16(at + offset + 2*(c-first)); g != 0 {
						g += delta
					}
				}
				glyphs[rune(c)] = uint16(g)
			}
		}
	}
	return glyphs
}

// The code is read back from the squares on the sheet.
func TestQRCodeIsRead(t *testing.T) {
	const scale = 6
	sheet := image.NewGray(image.Rect(0, 0, 600*scale, 850*scale))
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	for _, m := range squares.FindAllStringSubmatch(contents(t, pdf(t, some)), -1) {
		var v [4]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(m[i+1], 64)
		}
		for y := int((842 - v[1]) * scale); y < int((842-v[1]-v[3])*scale); y++ {
			for x := int(v[0] * scale); x < int((v[0]+v[2])*scale); x++ {
				sheet.SetGray(x, y, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(sheet)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("no code is found: %v", err)
	}
	if found.GetText() != some.QR {
		t.Errorf("the code says %q, want %q", found.GetText(), some.QR)
	}
}

func TestReceiptComesOutAgain(t *testing.T) {
	file := pdf(t, some)
	got, err := Receipt(file)
	if err != nil || !bytes.Equal(got, some.Receipt) {
		t.Fatalf("the receipt inside is %q, %v", got, err)
	}
	bare := some
	bare.Receipt = nil
	for name, wrong := range map[string][]byte{
		"no receipt": pdf(t, bare), "two receipts": append(bytes.Clone(file), file...), "no PDF": some.Receipt, "nothing": nil,
		"cut": file[:bytes.Index(file, []byte("stream\n"))+30], "too long": append([]byte("%PDF-1.7\n"), make([]byte, MaxPDF)...),
	} {
		if got, err := Receipt(wrong); aiqyn.KindOf(err) != aiqyn.Invalid || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// What unpacks to more than a receipt can be is refused.
func TestReceiptBomb(t *testing.T) {
	bomb := some
	bomb.Receipt = make([]byte, 64<<20)
	if _, err := Receipt(pdf(t, bomb)); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a bomb: %v", err)
	}
}

func TestSamePaperSameBytes(t *testing.T) {
	if !bytes.Equal(pdf(t, some), pdf(t, some)) {
		t.Error("the same paper has other bytes the second time")
	}
}

func FuzzReceipt(f *testing.F) {
	file, err := some.PDF()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("%PDF-1.3\n<< /Type /EmbeddedFile /Length 99999999 /Filter /FlateDecode /Params << /CheckSum <00000000000000000000000000000000> /Size 1 >> >>\nstream\nx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Receipt(data)
		if err == nil && len(got) > MaxReceipt || err != nil && got != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
