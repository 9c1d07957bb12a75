package signature

import (
	"bytes"
	"encoding/hex"
	"hash"
	"testing"
)

// The examples of RFC 6986, section 10, in the order of bytes in memory.
var streebogExamples = []struct{ message, sum512, sum256 string }{
	{
		hex.EncodeToString([]byte("012345678901234567890123456789012345678901234567890123456789012")),
		"1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48",
		"9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
	},
	{
		"d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20f1f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb",
		"1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28",
		"9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50",
	},
	{
		"",
		"8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a",
		"3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb",
	},
}

func TestStreebogExamples(t *testing.T) {
	for _, e := range streebogExamples {
		message, err := hex.DecodeString(e.message)
		if err != nil {
			t.Fatal(err)
		}
		for h, want := range map[hash.Hash]string{NewStreebog512(): e.sum512, NewStreebog256(): e.sum256} {
			h.Write(message)
			if got := hex.EncodeToString(h.Sum(nil)); got != want {
				t.Errorf("%d bits of %d bytes: %s, want %s", 8*h.Size(), len(message), got, want)
			}
		}
	}
}

// TestStreebogInPieces writes the same message in every way of cutting it once.
func TestStreebogInPieces(t *testing.T) {
	message := bytes.Repeat([]byte("Стрибожи внуци "), 12)
	whole := NewStreebog512()
	whole.Write(message)
	want := whole.Sum(nil)
	if again := whole.Sum(nil); !bytes.Equal(again, want) {
		t.Error("asking for the sum changes it")
	}
	h := NewStreebog512()
	for cut := range message {
		h.Reset()
		h.Write(message[:cut])
		h.Write(message[cut:])
		if got := h.Sum(nil); !bytes.Equal(got, want) {
			t.Fatalf("cut at %d: %x", cut, got)
		}
	}
}

// TestStreebogCarries has blocks whose sum carries through every word.
func TestStreebogCarries(t *testing.T) {
	a := [8]uint64{^uint64(0), ^uint64(0), ^uint64(0), 7}
	add(&a, &[8]uint64{1})
	if a != [8]uint64{0, 0, 0, 8} {
		t.Errorf("%x", a)
	}
	all := [8]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
	b := all
	if add(&b, &all); b[0] != ^uint64(0)-1 || b[7] != ^uint64(0) {
		t.Errorf("%x", b)
	}
}

func BenchmarkStreebog(b *testing.B) {
	block := make([]byte, 8192)
	b.SetBytes(int64(len(block)))
	h := NewStreebog512()
	for b.Loop() {
		h.Write(block)
	}
}
