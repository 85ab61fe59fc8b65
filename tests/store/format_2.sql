BEGIN TRANSACTION;
CREATE TABLE shadow_cold_starts (
	epoch TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	bucket INTEGER NOT NULL, 
	count BIGINT NOT NULL, 
	PRIMARY KEY (epoch, day, bucket)
)
 WITHOUT ROWID

;
CREATE TABLE shadow_controls (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 WITHOUT ROWID

;
CREATE TABLE shadow_counters (
	epoch TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	count BIGINT NOT NULL, 
	first_seen DOUBLE NOT NULL, 
	last_seen DOUBLE NOT NULL, 
	PRIMARY KEY (epoch, day, name)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_counters" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20832,'compared',3,1799913600.0,1799913600.0);
INSERT INTO "shadow_counters" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20832,'ok',3,1799913600.0,1799913600.0);
INSERT INTO "shadow_counters" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20833,'compared',1,1800000000.0,1800000000.0);
INSERT INTO "shadow_counters" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20833,'error:timeout',1,1800000000.0,1800000000.0);
INSERT INTO "shadow_counters" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20833,'failed',1,1800000000.0,1800000000.0);
INSERT INTO "shadow_counters" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20833,'ok',2,1800000000.0,1800000000.0);
INSERT INTO "shadow_counters" VALUES('beff558e67d5b058651ee324cef3203a',20833,'compared',20,1800000000.0,1800000000.0);
INSERT INTO "shadow_counters" VALUES('beff558e67d5b058651ee324cef3203a',20833,'ok',20,1800000000.0,1800000000.0);
CREATE TABLE shadow_coverage (
	epoch TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	rank BLOB NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	count BIGINT NOT NULL, 
	last_day INTEGER NOT NULL, 
	least_digest BLOB NOT NULL, 
	greatest_digest BLOB NOT NULL, 
	PRIMARY KEY (epoch, kind, rank)
)
 WITHOUT ROWID

;
CREATE TABLE shadow_distinct_requests (
	epoch TEXT NOT NULL, 
	digest BLOB NOT NULL, 
	signature TEXT NOT NULL, 
	last_day INTEGER NOT NULL, 
	PRIMARY KEY (epoch, digest, signature)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_distinct_requests" VALUES('1d6dfb66be05fe3440003e65f84cd16b',X'00000000000000000000000000000001','',20833);
INSERT INTO "shadow_distinct_requests" VALUES('1d6dfb66be05fe3440003e65f84cd16b',X'00000000000000000000000000000002','41de83ec8f8c94e4',20832);
INSERT INTO "shadow_distinct_requests" VALUES('1d6dfb66be05fe3440003e65f84cd16b',X'00000000000000000000000000000003','037ef950ee5f66a6',20832);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000000','3bf782b80b1d07d7',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000001','be7be5e82f99aad1',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000002','2c96cf2ef00c2467',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000003','80ce63a6959820bb',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000004','f75b63eb6612da4e',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000005','a235a86b18c42b0f',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000006','7ebce805ae98562b',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000007','c96bc4086eaffef9',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000008','95102b1653dc79a6',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000009','c11f4234c7eb77ec',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'0000000000000000000000000000000A','c9468d81eb11034f',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'0000000000000000000000000000000B','405d87e058af253b',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'0000000000000000000000000000000C','23800e6babc4ff33',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'0000000000000000000000000000000D','60d326b08355a669',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'0000000000000000000000000000000E','78c6669b25194fe0',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'0000000000000000000000000000000F','f93c5f9f6c0ef06b',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000010','b46fbf901775f726',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000011','0b56aad18f5ca405',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000012','4d9a68527710615a',20833);
INSERT INTO "shadow_distinct_requests" VALUES('beff558e67d5b058651ee324cef3203a',X'00000000000000000000000000000013','4d41b662a2f6521e',20833);
CREATE TABLE shadow_epochs (
	id TEXT NOT NULL, 
	route TEXT NOT NULL, 
	legacy_url TEXT NOT NULL, 
	candidate_url TEXT NOT NULL, 
	legacy_version TEXT NOT NULL, 
	candidate_version TEXT NOT NULL, 
	rules TEXT NOT NULL, 
	algorithm INTEGER NOT NULL, 
	first_seen DOUBLE NOT NULL, 
	last_seen DOUBLE NOT NULL, 
	last_answered DOUBLE NOT NULL, 
	sample_bits INTEGER DEFAULT '0' NOT NULL, 
	distinct_bound BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_epochs" VALUES('1d6dfb66be05fe3440003e65f84cd16b','GET /orders','https://api.example.com/kong','https://api.example.com','','','69fe982a515bd66caea13cb76dc35fad',3,1799913600.0,1800000000.0,1800000000.0,0,3);
INSERT INTO "shadow_epochs" VALUES('beff558e67d5b058651ee324cef3203a','GET /busy','https://api.example.com/kong','https://api.example.com','','','69fe982a515bd66caea13cb76dc35fad',3,1800000000.0,1800000000.0,1800000000.0,0,20);
CREATE TABLE shadow_examples (
	epoch TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	pair BLOB NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (epoch, fingerprint, pair)
)
 WITHOUT ROWID

;
CREATE TABLE shadow_fingerprint_counts (
	epoch TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	count BIGINT NOT NULL, 
	first_seen DOUBLE NOT NULL, 
	last_seen DOUBLE NOT NULL, 
	PRIMARY KEY (epoch, fingerprint, day)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_fingerprint_counts" VALUES('1d6dfb66be05fe3440003e65f84cd16b','aaaaaaaaaaaa',20832,3,1799913600.0,1799913600.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('1d6dfb66be05fe3440003e65f84cd16b','bbbbbbbbbbbb',20832,1,1799913600.0,1799913600.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000000',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000001',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000002',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000003',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000004',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000005',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000006',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000007',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000008',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000009',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','00000000000a',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','00000000000b',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','00000000000c',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','00000000000d',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','00000000000e',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','00000000000f',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000010',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000011',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000012',20833,1,1800000000.0,1800000000.0);
INSERT INTO "shadow_fingerprint_counts" VALUES('beff558e67d5b058651ee324cef3203a','000000000013',20833,1,1800000000.0,1800000000.0);
CREATE TABLE shadow_fingerprints (
	epoch TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	"where" TEXT NOT NULL, 
	path TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	class TEXT NOT NULL, 
	severity TEXT NOT NULL, 
	legacy_status INTEGER, 
	candidate_status INTEGER, 
	summary TEXT NOT NULL, 
	PRIMARY KEY (epoch, fingerprint)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_fingerprints" VALUES('1d6dfb66be05fe3440003e65f84cd16b','aaaaaaaaaaaa','body','$.items[*].aaaaaaaaaaaa','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('1d6dfb66be05fe3440003e65f84cd16b','bbbbbbbbbbbb','body','$.items[*].bbbbbbbbbbbb','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000000','body','$.items[*].000000000000','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000001','body','$.items[*].000000000001','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000002','body','$.items[*].000000000002','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000003','body','$.items[*].000000000003','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000004','body','$.items[*].000000000004','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000005','body','$.items[*].000000000005','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000006','body','$.items[*].000000000006','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000007','body','$.items[*].000000000007','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000008','body','$.items[*].000000000008','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000009','body','$.items[*].000000000009','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','00000000000a','body','$.items[*].00000000000a','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','00000000000b','body','$.items[*].00000000000b','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','00000000000c','body','$.items[*].00000000000c','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','00000000000d','body','$.items[*].00000000000d','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','00000000000e','body','$.items[*].00000000000e','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','00000000000f','body','$.items[*].00000000000f','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000010','body','$.items[*].000000000010','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000011','body','$.items[*].000000000011','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000012','body','$.items[*].000000000012','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
INSERT INTO "shadow_fingerprints" VALUES('beff558e67d5b058651ee324cef3203a','000000000013','body','$.items[*].000000000013','type-changed','number-as-string','difference',NULL,NULL,'number 12.5 became string "12.50"');
CREATE TABLE shadow_leases (
	name TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	expires DOUBLE NOT NULL, 
	PRIMARY KEY (name)
)
 WITHOUT ROWID

;
CREATE TABLE shadow_ledger (
	run TEXT NOT NULL, 
	number BIGINT NOT NULL, 
	day INTEGER NOT NULL, 
	PRIMARY KEY (run, number)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_ledger" VALUES('r',1,20833);
INSERT INTO "shadow_ledger" VALUES('r',2,20833);
INSERT INTO "shadow_ledger" VALUES('r',3,20833);
INSERT INTO "shadow_ledger" VALUES('r',4,20833);
CREATE TABLE shadow_meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 WITHOUT ROWID

;
INSERT INTO "shadow_meta" VALUES('version','2');
CREATE TABLE shadow_noise (
	epoch TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	digest BLOB NOT NULL, 
	last_day INTEGER NOT NULL, 
	PRIMARY KEY (epoch, fingerprint, digest)
)
 WITHOUT ROWID

;
CREATE TABLE shadow_pairs (
	epoch TEXT NOT NULL, 
	id BLOB NOT NULL, 
	at DOUBLE NOT NULL, 
	recorded INTEGER NOT NULL, 
	observation BLOB NOT NULL, 
	PRIMARY KEY (epoch, id)
);
CREATE TABLE shadow_proxies (
	run TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	host TEXT NOT NULL, 
	listen TEXT NOT NULL, 
	started DOUBLE NOT NULL, 
	last_seen DOUBLE NOT NULL, 
	queue BIGINT NOT NULL, 
	shed BIGINT NOT NULL, 
	PRIMARY KEY (run)
)
 WITHOUT ROWID

;
CREATE TABLE shadow_signature_counts (
	epoch TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	count BIGINT NOT NULL, 
	PRIMARY KEY (epoch, signature, day)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_signature_counts" VALUES('1d6dfb66be05fe3440003e65f84cd16b','',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('1d6dfb66be05fe3440003e65f84cd16b','037ef950ee5f66a6',20832,1);
INSERT INTO "shadow_signature_counts" VALUES('1d6dfb66be05fe3440003e65f84cd16b','41de83ec8f8c94e4',20832,2);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','0b56aad18f5ca405',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','23800e6babc4ff33',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','2c96cf2ef00c2467',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','3bf782b80b1d07d7',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','405d87e058af253b',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','4d41b662a2f6521e',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','4d9a68527710615a',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','60d326b08355a669',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','78c6669b25194fe0',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','7ebce805ae98562b',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','80ce63a6959820bb',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','95102b1653dc79a6',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','a235a86b18c42b0f',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','b46fbf901775f726',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','be7be5e82f99aad1',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','c11f4234c7eb77ec',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','c9468d81eb11034f',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','c96bc4086eaffef9',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','f75b63eb6612da4e',20833,1);
INSERT INTO "shadow_signature_counts" VALUES('beff558e67d5b058651ee324cef3203a','f93c5f9f6c0ef06b',20833,1);
CREATE TABLE shadow_signatures (
	epoch TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	fingerprints TEXT NOT NULL, 
	PRIMARY KEY (epoch, signature)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_signatures" VALUES('1d6dfb66be05fe3440003e65f84cd16b','','[]');
INSERT INTO "shadow_signatures" VALUES('1d6dfb66be05fe3440003e65f84cd16b','037ef950ee5f66a6','["aaaaaaaaaaaa", "bbbbbbbbbbbb"]');
INSERT INTO "shadow_signatures" VALUES('1d6dfb66be05fe3440003e65f84cd16b','41de83ec8f8c94e4','["aaaaaaaaaaaa"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','0b56aad18f5ca405','["000000000011"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','23800e6babc4ff33','["00000000000c"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','2c96cf2ef00c2467','["000000000002"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','3bf782b80b1d07d7','["000000000000"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','405d87e058af253b','["00000000000b"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','4d41b662a2f6521e','["000000000013"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','4d9a68527710615a','["000000000012"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','60d326b08355a669','["00000000000d"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','78c6669b25194fe0','["00000000000e"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','7ebce805ae98562b','["000000000006"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','80ce63a6959820bb','["000000000003"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','95102b1653dc79a6','["000000000008"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','a235a86b18c42b0f','["000000000005"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','b46fbf901775f726','["000000000010"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','be7be5e82f99aad1','["000000000001"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','c11f4234c7eb77ec','["000000000009"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','c9468d81eb11034f','["00000000000a"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','c96bc4086eaffef9','["000000000007"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','f75b63eb6612da4e','["000000000004"]');
INSERT INTO "shadow_signatures" VALUES('beff558e67d5b058651ee324cef3203a','f93c5f9f6c0ef06b','["00000000000f"]');
CREATE TABLE shadow_timings (
	epoch TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	legacy INTEGER NOT NULL, 
	candidate INTEGER NOT NULL, 
	count BIGINT NOT NULL, 
	PRIMARY KEY (epoch, day, legacy, candidate)
)
 WITHOUT ROWID

;
INSERT INTO "shadow_timings" VALUES('1d6dfb66be05fe3440003e65f84cd16b',20833,116,150,1);
CREATE INDEX shadow_pairs_at ON shadow_pairs (at);
CREATE INDEX shadow_examples_pair ON shadow_examples (epoch, pair);
COMMIT;
