package beacon

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Rounds and draws are published as JSON with their bytes in hex, as drand
// writes them, so that a stranger can compare them by eye.

// MarshalJSON writes the value and the proof in hex.
func (r Round) MarshalJSON() ([]byte, error) {
	return json.Marshal(roundJSON{r.Number, hex.EncodeToString(r.Value[:]), hex.EncodeToString(r.Proof)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Round) UnmarshalJSON(data []byte) error {
	var j roundJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	value, err := value32(j.Value)
	if err != nil {
		return err
	}
	proof, err := hex.DecodeString(j.Proof)
	if err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	if len(proof) == 0 {
		proof = nil
	}
	*r = Round{j.Number, value, proof}
	return nil
}

type roundJSON struct {
	Number uint64 `json:"round"`
	Value  string `json:"value"`
	Proof  string `json:"proof,omitempty"`
}

// MarshalJSON writes the value in hex.
func (d Draw) MarshalJSON() ([]byte, error) {
	type plain Draw
	return json.Marshal(struct {
		plain
		Value string `json:"value"`
	}{plain(d), hex.EncodeToString(d.Value[:])})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Draw) UnmarshalJSON(data []byte) error {
	type plain Draw
	var j struct {
		plain
		Value string `json:"value"`
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	value, err := value32(j.Value)
	if err != nil {
		return err
	}
	*d = Draw(j.plain)
	d.Value = value
	return nil
}

func value32(text string) (value [32]byte, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(value) {
		return value, fmt.Errorf("value: %q is not 32 bytes in hex", text)
	}
	return [32]byte(raw), nil
}
