package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// maxProofHashes is the height of the highest tree there can be.
const maxProofHashes = 63

// Proof shows, offline, that a leaf is in a log. As text (c2sp.org/tlog-proof):
//
//	c2sp.org/tlog-proof@v1
//	index 73894
//	gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//	…
//
//	example.com/fancylog
//	109482
//	sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//
//	— example.com/fancylog hI2DJw…
type Proof struct {
	Index      int64
	Hashes     []Hash // from the leaf's sibling up
	Checkpoint string // a signed note, verbatim
}

// String returns the proof's text.
func (p *Proof) String() string {
	b := make([]byte, 0, len(proofHeader)+32+45*len(p.Hashes)+len(p.Checkpoint))
	b = append(b, proofHeader+"index "...)
	b = strconv.AppendInt(b, p.Index, 10)
	b = append(b, '\n')
	for i := range p.Hashes {
		b = base64.StdEncoding.AppendEncode(b, p.Hashes[i][:])
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return string(append(b, p.Checkpoint...))
}

// ParseProof parses a proof's text, and verifies nothing. It refuses the
// format's optional extra data, since nothing would bind those bytes.
func ParseProof(text string) (*Proof, error) {
	rest, ok := strings.CutPrefix(text, proofHeader)
	if !ok {
		return nil, errors.New("first line of the proof is not " + strings.TrimSpace(proofHeader))
	}
	line, rest, _ := strings.Cut(rest, "\n")
	number, ok := strings.CutPrefix(line, "index ")
	if !ok {
		return nil, fmt.Errorf("second line of the proof is not its index: %.60q", line)
	}
	p := &Proof{}
	if p.Index, ok = parseDecimal(number); !ok {
		return nil, fmt.Errorf("index of the proof is not a number: %.40q", number)
	}
	p.Hashes = make([]Hash, 0, min(maxProofHashes, len(rest)/45))
	for {
		if line, rest, ok = strings.Cut(rest, "\n"); !ok {
			return nil, errors.New("proof has no checkpoint after an empty line")
		}
		if line == "" {
			break
		}
		h, ok := parseHash(line)
		if !ok || len(p.Hashes) == maxProofHashes {
			return nil, fmt.Errorf("line %d of the proof is not a hash in base64, or one too many", len(p.Hashes)+3)
		}
		p.Hashes = append(p.Hashes, h)
	}
	p.Checkpoint = rest
	return p, nil
}
