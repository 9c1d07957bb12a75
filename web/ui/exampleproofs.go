package ui

import (
	"encoding/base64"
	"html/template"
)

// exampleCode stands where a QR code does: three corners, and leads nowhere.
const exampleCode = template.HTML(`<svg class="qr" viewBox="0 0 33 33" role="img" aria-label="QR" focusable="false"><rect class="qr__ground" width="33" height="33"/><path d="M4 4h7v7h-7zM22 4h7v7h-7zM4 22h7v7h-7zM14 14h5v5h-5z"/></svg>`)

// exampleSignature is a document that waits to be signed.
func exampleSignature(w words) Signature {
	document := "{\n  \"act\": \"file\",\n  \"log\": \"aiqyn.example/log\",\n  \"service\": \"address.certificate\",\n  \"entries\": 0\n}\n"
	return Signature{
		Action: w.href("design"), Document: document, Base64: base64.StdEncoding.EncodeToString([]byte(document)),
		Fingerprint: []Row{{Key: w.t("web.sign.fingerprint"), Value: "bf1c4e4f0a5f2ef3e3d1f2a7c1b2d3e4f5061728394a5b6c7d8e9f0011223344"}},
		Carried:     []Hidden{{Name: "command", Value: "00112233445566778899aabbccddeeff"}},
		File:        Input{Name: "cms", Type: "file", Label: w.t("web.sign.file"), Hint: w.t("web.sign.file-hint")},
	}
}

func signatureExamples(w words) []Example {
	required, refused := exampleSignature(w), exampleSignature(w)
	required.Required = true
	refused.Practice, refused.File.Error = true, w.in("Қолтаңба басқа адамдікі.", "Подпись другого человека.", "The signature is of another person.")
	return []Example{{Component: "signature", Name: "required", Data: required}, {Component: "signature", Name: "refused", Wide: true, Data: refused}}
}
