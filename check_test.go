package aiqyn_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn/ledger"
)

// python3 is where Python is, for what strangers run; without it the test is
// skipped, unless it must not be.
func python3(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 is not installed")
		}
		t.Skip("python3 is not installed: the scripts for strangers are not run")
	}
	return path
}

// TestTheStrangersCheckAgrees runs docs/check.py, which shares nothing with us
// but public formats, on receipts from logs of many sizes, right and altered.
func TestTheStrangersCheckAgrees(t *testing.T) {
	python := python3(t)
	skey, vkey, err := ledger.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)), "log.example/almaty")
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "verifier.key")
	if err := os.WriteFile(key, []byte(vkey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(receipt []byte) (string, bool) {
		file := filepath.Join(t.TempDir(), "receipt.json")
		if err := os.WriteFile(file, receipt, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "docs/check.py", file, key).CombinedOutput()
		return string(out), err == nil
	}
	for _, of := range []struct{ index, size int64 }{{0, 1}, {0, 2}, {4, 5}, {3, 7}, {255, 257}, {256, 257}} {
		if out, ok := check(receiptOf(t, skey, of.index, of.size)); !ok {
			t.Errorf("entry %d of %d: %s", of.index, of.size, out)
		}
	}
	right := string(receiptOf(t, skey, 3, 7))
	for name, altered := range map[string]string{
		"a field":          strings.Replace(right, `"granted"`, `"refused"`, 1),
		"the private part": strings.Replace(right, `Сәуле`, `Айгүл`, 1),
		"the place":        strings.Replace(right, `index 3\n`, `index 2\n`, 1),
		"the size":         strings.Replace(right, `almaty\n7\n`, `almaty\n8\n`, 1),
		"the log":          strings.ReplaceAll(right, `log.example/almaty`, `log.example/astana`),
		"a salt":           strings.Replace(right, `"salts":["`, `"salts":["A`, 1),
	} {
		if altered == right {
			t.Fatalf("%s was not altered", name)
		}
		if out, ok := check([]byte(altered)); ok || !strings.Contains(out, "DOES NOT HOLD") {
			t.Errorf("%s was altered: %s", name, out)
		}
	}
}

// receiptOf makes a log of a size and returns the receipt of one entry.
func receiptOf(t *testing.T, skey string, index, size int64) []byte {
	t.Helper()
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	private := []byte(`{"applicant":"Сәуле","watts":150000}`)
	var entry ledger.Entry
	for i := range size {
		e := ledger.Entry{Salts: ledger.DeriveSalts([32]byte{byte(i), byte(i >> 8)})}
		e.Fields[ledger.FieldService] = "energy.connection"
		e.Fields[ledger.FieldSeq] = fmt.Sprint(i)
		e.Fields[ledger.FieldOutcome] = "granted"
		e.Fields[ledger.FieldPrivate] = ledger.PrivateHash(private)
		tree.Append(ledger.LeafHash(e.Commitment()))
		if i == index {
			entry = e
		}
	}
	checkpoint, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: signer.Name(), Size: size, Root: tree.Root()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ledger.InclusionProof(index, size, tree)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.NewReceipt(entry, private, index, proof, checkpoint).MarshalCanonical()
}
