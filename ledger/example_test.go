package ledger_test

import (
	"bytes"
	"fmt"
	"time"

	"aiqyn/ledger"

	"golang.org/x/mod/sumdb/note"
)

// Keys are made from fixed bytes here, so that the examples always print the
// same. A real log reads crypto/rand.
func fixed(b byte) *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte{b}, 32)) }

// An entry goes into the log, and its receipt is checked with nothing at hand
// but the receipt, the log's key and a policy.
func Example() {
	skey, vkey, _ := ledger.GenerateKey(fixed(1), "log.example/almaty")
	signer, _ := ledger.NewSigner(skey)
	witnessKey, witnessVKey, _ := ledger.GenerateCosignerKey(fixed(2), "witness.example")
	witness, _ := ledger.NewCosigner(witnessKey, func() time.Time { return time.Unix(1777970000, 0) })

	private := []byte(`{"applicant":"Сәуле"}`)
	entry := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{7})}
	entry.Fields[ledger.FieldService] = "energy.connection"
	entry.Fields[ledger.FieldOutcome] = "granted"
	entry.Fields[ledger.FieldPrivate] = ledger.PrivateHash(private)

	tree, _ := ledger.NewTree(0, nil)
	tree.Append(ledger.LeafHash(entry.Commitment()))
	checkpoint, _ := ledger.SignCheckpoint(
		ledger.Checkpoint{Origin: "log.example/almaty", Size: tree.Size(), Root: tree.Root()}, signer, witness)
	proof, _ := ledger.InclusionProof(0, tree.Size(), tree)
	file := ledger.NewReceipt(entry, private, 0, proof, checkpoint).MarshalCanonical()

	policy, _ := ledger.ParsePolicy([]byte("log " + vkey + "\nwitness W " + witnessVKey + "\nquorum W\n"))
	verifier, _ := ledger.NewVerifier(nil, policy)
	receipt, err := ledger.ParseReceipt(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := verifier.Verify(receipt)
	fmt.Println(verdict.Level, verdict.WitnessedAt.Format(time.DateOnly), verdict.Witnesses, err)

	_, err = ledger.ParseReceipt(bytes.Replace(file, []byte(`"granted"`), []byte(`"gr\u0061nted"`), 1))
	fmt.Println(err)
	// Output:
	// witnessed 2026-05-05 [witness.example] <nil>
	// invalid: error.receipt-form byte=89 where=event.outcome: escape that is wrong or not needed
}

// A release opens single fields of a leaf; the others stay closed.
func ExampleEntry_Open() {
	entry := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{7})}
	entry.Fields[ledger.FieldRegion] = "ALA"
	entry.Fields[ledger.FieldOfficer] = "o-91ab"
	leaf := ledger.LeafHash(entry.Commitment())

	opening, _ := entry.Open(ledger.FieldRegion)
	fmt.Println(opening.Opened[0].Value, opening.Verify(leaf))

	opening.Opened[0].Value = "AST"
	fmt.Println(opening.Verify(leaf))
	// Output:
	// ALA <nil>
	// opened field "region" is not what the leaf committed to
}

// A log grows by batches. Each yields the tiles that have changed, to be
// published under their paths.
func ExampleTree_Changed() {
	tree, _ := ledger.NewTree(0, nil)
	for batch := range 3 {
		for range 200 {
			tree.Append(ledger.LeafHash(ledger.Hash{byte(batch)}))
		}
		for _, tile := range tree.Changed() {
			fmt.Println(tree.Size(), ledger.TilePath(tile.Level, tile.Index, tile.Width()))
		}
	}
	// Output:
	// 200 tile/0/000.p/200
	// 400 tile/0/000
	// 400 tile/0/001.p/144
	// 400 tile/1/000.p/1
	// 600 tile/0/001
	// 600 tile/0/002.p/88
	// 600 tile/1/000.p/2
}

// memory keeps a witness's heads. A real one keeps them on disk.
type memory map[string]ledger.Head

func (m memory) Head(origin string) (ledger.Head, error) {
	if head, ok := m[origin]; ok {
		return head, nil
	}
	return ledger.EmptyHead, nil
}

func (m memory) CompareAndSet(origin string, old, next ledger.Head) error {
	if now, _ := m.Head(origin); now != old {
		return ledger.ErrHeadMoved
	}
	m[origin] = next
	return nil
}

// A witness cosigns a log that grows, and refuses one that was rewritten.
func ExampleWitness() {
	skey, vkey, _ := ledger.GenerateKey(fixed(1), "log.example")
	signer, _ := ledger.NewSigner(skey)
	logKey, _ := ledger.ParseKey(vkey)
	witnessKey, _, _ := ledger.GenerateCosignerKey(fixed(2), "witness.example")
	cosigner, _ := ledger.NewCosigner(witnessKey, time.Now)
	witness, _ := ledger.NewWitness(ledger.WitnessConfig{
		Signer: cosigner, Logs: []note.Verifier{logKey}, State: memory{},
	})

	submit := func(entries ...string) {
		tree, _ := ledger.NewTree(0, nil)
		for _, e := range entries {
			var h ledger.Hash
			copy(h[:], e)
			tree.Append(ledger.LeafHash(h))
		}
		old := max(0, tree.Size()-1)
		proof, _ := ledger.ConsistencyProof(old, tree.Size(), tree)
		checkpoint, _ := ledger.SignCheckpoint(
			ledger.Checkpoint{Origin: "log.example", Size: tree.Size(), Root: tree.Root()}, signer)
		_, err := witness.AddCheckpoint(ledger.FormatAddCheckpoint(old, proof, checkpoint), time.Unix(1777970000, 0))
		fmt.Println(entries, err)
	}
	submit("filed")
	submit("filed", "granted")
	submit("filed", "refused", "appealed")
	// Output:
	// [filed] <nil>
	// [filed granted] <nil>
	// [filed refused appealed] 422: the log of 3 entries does not go on from that of 2: invalid transparency proof
}
