// Package sign is the page on which somebody puts their electronic signature
// (ЭЦП) under what they are about to do: the very document to download, a file of
// a signature to send, NCALayer on their own computer, or, where the rules do not
// demand a signature, the confirmation that they have given already.
package sign

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// Fields of the page. What else the form holds is carried on.
const (
	howField  = "sign" // ask, document, upload, practice, without
	fileField = visit.SignatureField
	textField = "cms-text" // the same from NCALayer
)

// largest is the size beyond which a signature is not read.
const largest = 64 << 10

// Act is what is to be signed: a command of casework, without its signature.
type Act struct {
	Command  any
	Action   string // address of the form that sends it
	Back     string
	Required bool // the rules demand a signature
	Another  bool // somebody else signs than the visitor, at the visitor's counter
}

// page shows the document and the ways to sign it.
type page struct {
	ui.Layout
	Signature ui.Signature
}

// Under finds the signature that the form brings for an act, nil for none. done
// says that the form was answered already: with the page, or with the document.
func Under(v *visit.Visit, act Act) (cms []byte, done bool, err error) {
	how := v.R.FormValue(howField) // a button may bring it in its address
	switch {
	case how == "without" && !act.Required:
		return nil, false, nil
	case how == "ask", how == "" && act.Required, how == "without":
		return nil, true, Ask(v, act, "")
	case how == "":
		return nil, false, nil
	}
	switch how {
	case "document":
		doc, err := v.Engine.Document(v.Context(), act.Command)
		if err != nil {
			return nil, true, err
		}
		return nil, true, v.File("aiqyn-document.json", "application/json", doc)
	case "practice":
		if v.SignInPractice == nil || act.Another {
			return nil, true, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
		}
		doc, err := v.Engine.Document(v.Context(), act.Command)
		if err != nil {
			return nil, true, err
		}
		cms, err := v.SignInPractice(v.Actor(), doc)
		return cms, err != nil, err
	}
	if cms, err = sent(v); err != nil || len(cms) == 0 {
		return nil, true, Ask(v, act, v.T("web.sign.no-file"))
	}
	return cms, false, nil
}

// sent reads the signature: of a file, or as NCALayer gave it to the page.
func sent(v *visit.Visit) ([]byte, error) {
	if text := v.Field(textField); text != "" {
		return []byte(text), nil
	}
	if v.Signature != nil {
		return v.Signature, nil
	}
	file, _, err := v.R.FormFile(fileField)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, largest+1))
}

// Fault reports whether an error is about the signature, which is then mended on
// its page.
func Fault(err error) bool {
	var e *aiqyn.Error
	return errors.As(err, &e) && e.Field == fileField
}

// Ask shows the page, with what was wrong.
func Ask(v *visit.Visit, act Act, fault string) error {
	doc, err := v.Engine.Document(v.Context(), act.Command)
	if err != nil {
		return err
	}
	h := v.W.Header()
	const self = "connect-src 'self'"
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), self, self+" wss://127.0.0.1:13579", 1)) // NCALayer, from this page alone
	sum := sha256.Sum256(doc)
	p := &page{Layout: v.Layout("web.sign.title"), Signature: ui.Signature{
		Action: act.Action, Document: string(doc), Required: act.Required, Practice: v.SignInPractice != nil && !act.Another,
		Fingerprint: []ui.Row{{Key: v.T("web.sign.fingerprint"), Value: hex.EncodeToString(sum[:])}},
		Base64:      base64.StdEncoding.EncodeToString(doc), Carried: carried(v.R.PostForm),
		File: ui.Input{Name: fileField, Type: "file", Label: v.T("web.sign.file"), Hint: v.T("web.sign.file-hint"), Error: fault},
	}}
	p.Back, p.Query = act.Back, nil
	status := http.StatusOK
	if fault != "" {
		p.Errors = []ui.FieldError{{Field: fileField, Text: fault}}
		status = http.StatusUnprocessableEntity
	}
	return v.PageAs(status, "sign/sign", p)
}

// carried is the form that waits for its signature.
func carried(form url.Values) (list []ui.Hidden) {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == howField || name == textField || name == "code" || strings.HasPrefix(name, "_") {
			continue
		}
		for _, value := range form[name] {
			list = append(list, ui.Hidden{Name: name, Value: value})
		}
	}
	return list
}
