package allocation

import (
	"bytes"
	"encoding/json"
)

// Encode writes the outcome as it is published: the same bytes on every machine.
func (s *Sold) Encode() []byte {
	var winner *string
	if s.Winner != "" {
		winner = &s.Winner
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(struct { // plain data
		Price    int64    `json:"price_tiyn"`
		Unopened []string `json:"unopened"`
		Winner   *string  `json:"winner"`
	}{s.Price, s.Unopened, winner})
	return b.Bytes()
}
