package main

import (
	"fmt"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/evidence"
	"aiqyn/ledger"
)

// readings hold the documents of an archive to the proofs that name them: each must be
// named by the entry that it says it is of, and each that an entry names must be there.
type readings struct {
	have  map[reading]string // hash, by what it is
	named map[reading]string
}

// reading is a document of an entry in one language.
type reading struct {
	entry int64
	lang  aiqyn.Lang
}

func newReadings(documents []evidence.Reading) *readings {
	r := &readings{have: make(map[reading]string), named: make(map[reading]string)}
	for _, d := range documents {
		r.have[reading{d.Entry, d.Lang}] = d.Hash()
	}
	return r
}

// take notes what a proof names. One whose private part is closed names nothing.
func (r *readings) take(entry int64, receipt *ledger.Receipt) {
	for lang, hash := range casework.DocumentsNamed(receipt.Event[ledger.FieldKind], receipt.Private) {
		r.named[reading{entry, lang}] = hash
	}
}

// end tells of each that is missing, another than is named, or named by nobody.
func (r *readings) end(wrong func(what string)) {
	for at, hash := range r.named {
		if r.have[at] != hash {
			wrong(at.String())
		}
	}
	for at := range r.have {
		if r.named[at] == "" {
			wrong(at.String())
		}
	}
}

func (r reading) String() string { return fmt.Sprintf("%012d-%s.html", r.entry, r.lang) }
