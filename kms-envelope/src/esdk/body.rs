//! The body: frames, or one piece. `[KMS-12.9]` to `[KMS-12.12]`
//!
//! Bodies in one piece are read and never written, `[KMS-12.11]`; framed ones
//! are 32 bytes a frame longer than what they hold, and 8, `[KMS-12.15]`.

use super::EsdkError;
use super::header::{Header, Reader};
use alloc::vec::Vec;

const FRAME: &[u8] = b"AWSKMSEncryptionClient Frame";
const FINAL_FRAME: &[u8] = b"AWSKMSEncryptionClient Final Frame";
const SINGLE_BLOCK: &[u8] = b"AWSKMSEncryptionClient Single Block";
/// Stands before the final frame.
const FINAL: u32 = u32::MAX;

/// What a piece of the body is authenticated with.
fn aad(header: &Header, kind: &[u8], sequence: u32, length: usize) -> Vec<u8> {
    let length = u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes();
    [&header.message_id, kind, &sequence.to_be_bytes(), &length].concat()
}

/// `[KMS-12.10]`
fn iv(sequence: u32) -> [u8; 12] {
    let mut iv = [0; 12];
    for (byte, part) in iv.iter_mut().rev().zip(sequence.to_be_bytes().into_iter().rev()) {
        *byte = part;
    }
    iv
}

/// Adds the frames. A plaintext that fills its last frame ends with that
/// frame, not with an empty one.
pub(super) fn write(
    message: &mut Vec<u8>,
    header: &Header,
    key: &[u8],
    plaintext: &[u8],
    frame_length: u32,
) -> Result<(), EsdkError> {
    let size = usize::try_from(frame_length).unwrap_or(usize::MAX);
    let count = plaintext.len().div_ceil(size).max(1);
    let too_long = EsdkError::TooLong { what: "the plaintext", length: plaintext.len(), max: usize::MAX };
    let last = u32::try_from(count).ok().filter(|count| *count < FINAL).ok_or(too_long)?;
    let mut frames = plaintext.chunks(size);
    for sequence in 1..=last {
        let content = frames.next().unwrap_or_default();
        let kind = if sequence == last { FINAL_FRAME } else { FRAME };
        let aad = aad(header, kind, sequence, content.len());
        let iv = iv(sequence);
        let sealed = header.suite.seal(key, &iv, &aad, content);
        if sequence == last {
            message.extend(FINAL.to_be_bytes());
        }
        message.extend(sequence.to_be_bytes());
        message.extend(iv);
        if sequence == last {
            message.extend(u32::try_from(content.len()).unwrap_or(FINAL).to_be_bytes());
        }
        message.extend(sealed.ok_or(EsdkError::FrameAuthentication(sequence))?);
    }
    Ok(())
}

/// The plaintext, and where the body ends.
pub(super) fn read(
    message: &[u8],
    at: usize,
    header: &Header,
    key: &[u8],
) -> Result<(Vec<u8>, usize), EsdkError> {
    let mut reader = Reader::new(message, at);
    let mut plaintext = Vec::new();
    let Some(frame_length) = header.frame_length else {
        let iv = reader.array()?;
        let length = u64::from_be_bytes(reader.array()?);
        let length = usize::try_from(length).map_err(|_| EsdkError::Truncated { at: message.len() })?;
        let sealed = reader.take(length.saturating_add(16))?;
        let aad = aad(header, SINGLE_BLOCK, 1, length);
        let opened = header.suite.open(key, &iv, &aad, sealed);
        return Ok((opened.ok_or(EsdkError::FrameAuthentication(1))?, reader.at));
    };
    let frame_length = usize::try_from(frame_length).unwrap_or(usize::MAX);
    for expected in 1_u32.. {
        let first = reader.u32()?;
        let last = first == FINAL;
        let found = if last { reader.u32()? } else { first };
        if found != expected {
            return Err(EsdkError::FrameOrder { found, expected });
        }
        let stored = reader.array()?;
        let length_at = reader.at;
        let length = if last { usize::try_from(reader.u32()?).unwrap_or(usize::MAX) } else { frame_length };
        if length > frame_length {
            return Err(EsdkError::Malformed { at: length_at, what: "a final frame longer than a frame" });
        }
        let sealed = reader.take(length.saturating_add(16))?;
        let aad = aad(header, if last { FINAL_FRAME } else { FRAME }, expected, length);
        let opened = header.suite.open(key, &stored, &aad, sealed);
        plaintext.extend(opened.ok_or(EsdkError::FrameAuthentication(expected))?);
        if last {
            return Ok((plaintext, reader.at));
        }
    }
    Err(EsdkError::Truncated { at: message.len() })
}
