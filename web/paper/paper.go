// Package paper makes what a person takes away: a receipt, a document or a
// ruling as PDF for A4. It embeds letters that print Kazakh and the tenge sign,
// carries a QR code to the public page where anybody can check it, and the
// receipt itself as an attachment, so that the file alone can be verified
// offline. The same content gives the same bytes. The page of the same content
// is the copy for those who do not see: the PDF has no tags.
package paper

import (
	"bytes"
	_ "embed"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"

	"aiqyn"
)

// Golos Text, under the SIL Open Font License: font/golos-OFL.txt.
var (
	//go:embed font/golos-400.ttf
	regular []byte
	//go:embed font/golos-600.ttf
	bold []byte
)

// Row is a name and its value.
type Row struct{ Key, Value string }

// Paper is what is printed.
type Paper struct {
	Lang           aiqyn.Lang
	Title, Caption string
	Rows           []Row
	Says           string    // a sentence below the rows
	QR             string    // address that the code leads to
	QRSays         string    // what for, beside it
	Receipt        []byte    // the proof, attached as it is
	Made           time.Time // of what is recorded, not of the printing
	Foot           string    // number and page are added
}

// Millimetres of the sheet.
const (
	marginMM = 20.0
	keyMM    = 58.0
	valueMM  = 210 - 2*marginMM - keyMM
	qrMM     = 42.0
	lineMM   = 6.0
)

// ReceiptName is what the attachment is called.
const ReceiptName = "receipt.json"

// PDF writes the paper.
func (p Paper) PDF() ([]byte, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(p.Made.UTC())
	f.SetModificationDate(p.Made.UTC())
	f.SetProducer("Aiqyn", true)
	f.SetTitle(p.Title, true)
	f.SetLang(string(p.Lang))
	f.SetMargins(marginMM, marginMM, marginMM)
	f.SetAutoPageBreak(true, marginMM+6)
	f.AddUTF8FontFromBytes("golos", "", regular)
	f.AddUTF8FontFromBytes("golos", "B", bold)
	f.SetFooterFunc(func() {
		f.SetY(-marginMM)
		f.SetFont("golos", "", 9)
		f.SetTextColor(83, 96, 93)
		f.CellFormat(0, 5, fmt.Sprintf("%s · %d", p.Foot, f.PageNo()), "", 0, "R", false, 0, "")
		f.SetTextColor(0, 0, 0)
	})
	if len(p.Receipt) > 0 {
		f.SetAttachments([]fpdf.Attachment{{Content: p.Receipt, Filename: ReceiptName}})
	}
	f.AddPage()
	p.head(f)
	p.rows(f)
	if err := p.code(f); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return out.Bytes(), nil
}

func (p Paper) head(f *fpdf.Fpdf) {
	f.SetFont("golos", "", 11)
	f.MultiCell(0, lineMM, p.Caption, "", "L", false)
	f.SetFont("golos", "B", 18)
	f.MultiCell(0, 9, p.Title, "", "L", false)
	f.Ln(4)
}

// rows writes names on the left and values on the right, a thin line below each.
func (p Paper) rows(f *fpdf.Fpdf) {
	f.SetDrawColor(216, 207, 191)
	f.SetLineWidth(0.2)
	for _, r := range p.Rows {
		f.SetFont("golos", "B", 11)
		values := f.SplitText(r.Value, valueMM)
		f.SetFont("golos", "", 11)
		keys := f.SplitText(r.Key, keyMM-4)
		lines := max(len(keys), len(values), 1)
		if f.GetY()+float64(lines)*lineMM > 297-marginMM-8 {
			f.AddPage()
		}
		y := f.GetY() + 1.5
		f.SetXY(marginMM, y)
		f.MultiCell(keyMM-4, lineMM, r.Key, "", "L", false)
		f.SetFont("golos", "B", 11)
		f.SetXY(marginMM+keyMM, y)
		f.MultiCell(valueMM, lineMM, r.Value, "", "L", false)
		y += float64(lines)*lineMM + 1.5
		f.Line(marginMM, y, 210-marginMM, y)
		f.SetXY(marginMM, y)
	}
	if p.Says != "" {
		f.Ln(4)
		f.SetFont("golos", "", 11)
		f.MultiCell(0, lineMM, p.Says, "", "L", false)
	}
}

// code draws the QR code of squares, so that it stays sharp at any size, with
// its address beside it for those who type.
func (p Paper) code(f *fpdf.Fpdf) error {
	if p.QR == "" {
		return nil
	}
	code, err := qrcode.New(p.QR, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("make qr code: %w", err)
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	f.Ln(6)
	if f.GetY()+qrMM > 297-marginMM-8 {
		f.AddPage()
	}
	x, y, side := marginMM, f.GetY(), qrMM/float64(len(bits))
	f.SetFillColor(0, 0, 0)
	for row := range bits {
		for from := 0; from < len(bits[row]); from++ {
			to := from
			for to < len(bits[row]) && bits[row][to] {
				to++
			}
			if to > from {
				f.Rect(x+float64(from)*side, y+float64(row)*side, float64(to-from)*side, side, "F")
				from = to
			}
		}
	}
	f.SetFont("golos", "", 10)
	f.SetXY(x+qrMM+6, y)
	f.SetLeftMargin(x + qrMM + 6)
	f.MultiCell(0, 5, p.QRSays, "", "L", false)
	f.Ln(2)
	f.SetFont("golos", "", 9)
	f.MultiCell(0, 4.5, p.QR, "", "L", false)
	f.SetLeftMargin(marginMM)
	f.SetY(max(f.GetY(), y+qrMM))
	return nil
}
