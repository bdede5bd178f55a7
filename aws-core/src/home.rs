//! stub
use serde::*; use alloc::string::*; use core::fmt;
#[derive(Debug,Clone,Copy,PartialEq,Eq,Default,Serialize,Deserialize,Hash,PartialOrd,Ord)] pub enum Partition{#[default]Aws,AwsCn}
impl Partition{pub fn id(self)->&'static str{match self{Self::Aws=>"aws",Self::AwsCn=>"aws-cn"}}}
#[derive(Debug,Clone,Copy,PartialEq,Eq,Hash,PartialOrd,Ord)] pub struct AccountId(u64);
impl fmt::Display for AccountId{fn fmt(&self,f:&mut fmt::Formatter<'_>)->fmt::Result{write!(f,"{:012}",self.0)}}
impl core::str::FromStr for AccountId{type Err=HomeError;fn from_str(s:&str)->Result<Self,HomeError>{s.parse().map(AccountId).map_err(|_|HomeError)}}
impl Serialize for AccountId{fn serialize<S:Serializer>(&self,s:S)->Result<S::Ok,S::Error>{s.collect_str(self)}}
impl<'de> Deserialize<'de> for AccountId{fn deserialize<D:Deserializer<'de>>(d:D)->Result<Self,D::Error>{String::deserialize(d)?.parse().map_err(de::Error::custom)}}
#[derive(Debug,thiserror::Error)] #[error("bad")] pub struct HomeError;
#[derive(Debug,Clone,PartialEq,Eq,Serialize,Deserialize)] pub struct Home{pub partition:Partition,pub region:alloc::sync::Arc<str>,pub account:AccountId}
impl Home{pub fn new(r:&str,a:&str)->Result<Home,HomeError>{Ok(Home{partition:Partition::Aws,region:r.into(),account:a.parse()?})}}
