package ui

import "html/template"

type (
	// Signature is where somebody puts their electronic signature (ЭЦП) under a
	// document: the very bytes to download, a file of a signature to send, NCALayer on
	// their own computer and, where there is one, a certificate of practice.
	Signature struct {
		Action, Document string // address that takes it; what is signed
		Fingerprint      []Row
		Base64           string   // of the document, for NCALayer
		Carried          []Hidden // the form that waits for the signature
		File             Input
		Required         bool // it cannot be left out
		Practice         bool
	}
	// Evidence is every proof of a case in one archive.
	Evidence struct {
		File, Name string // address and what it is called
		Entries    int    // so many proofs
	}
	// Paper is a document as PDF, with the code that leads to where anybody checks it.
	Paper struct {
		File  string        // of the PDF
		Check string        // the whole address that the code leads to
		Href  string        // the same here
		Code  template.HTML // the same as a picture
	}
)
