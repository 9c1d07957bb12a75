package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"

	"aiqyn"
)

// Limits of what is read.
const (
	MaxPDF     = 4 << 20
	MaxReceipt = 1 << 20
)

// IsPDF reports whether a file says that it is one.
func IsPDF(file []byte) bool { return bytes.HasPrefix(file, []byte("%PDF-")) }

// embedded is the head of the stream of an attachment, as [Paper.PDF] writes it.
var embedded = regexp.MustCompile(`<< /Type /EmbeddedFile /Length (\d{1,8}) /Filter /FlateDecode /Params << /CheckSum <[0-9a-f]{32}> /Size \d{1,8} >> >>\s{1,2}stream\n`)

// Receipt takes the receipt out of a PDF of ours. Of any other it says that
// there is none: what a receipt proves does not depend on the paper around it.
func Receipt(pdf []byte) ([]byte, error) {
	none := aiqyn.E(aiqyn.Invalid, "error.paper-no-receipt")
	if len(pdf) > MaxPDF || !IsPDF(pdf) {
		return nil, none
	}
	heads := embedded.FindAllSubmatchIndex(pdf, 2)
	if len(heads) != 1 { // two would let a reader and us see different proofs
		return nil, none
	}
	at := heads[0]
	n, err := strconv.Atoi(string(pdf[at[2]:at[3]]))
	if err != nil || n > len(pdf)-at[1] {
		return nil, none
	}
	unzip, err := zlib.NewReader(bytes.NewReader(pdf[at[1] : at[1]+n]))
	if err != nil {
		return nil, none.Because(err)
	}
	receipt, err := io.ReadAll(io.LimitReader(unzip, MaxReceipt+1))
	if err != nil || len(receipt) > MaxReceipt {
		return nil, none.Because(err)
	}
	return receipt, nil
}
